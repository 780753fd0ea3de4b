import { stepFinder } from '../config/apply-config.js';
import type { FoundConfig } from '../config/find-config.js';
import { isFixed } from '../config/fixed-rules.js';
import type { FileHost } from '../host.js';
import type { Problem, TextEdit } from '../problem.js';
import { parseYaml } from '../syntax/parse.js';
import { entryOf } from '../syntax/tree.js';
import { relativeReference } from './relative-reference.js';
import type { SourceFile } from './source-file.js';

/** A change of a configuration that suppresses a problem where it is, but for the reason, which a person has to write. */
export interface SuppressionEdit {
  readonly configUri: string;
  /** Whether there is no such file yet. */
  readonly isNew: boolean;
  readonly edit: TextEdit;
}

/**
 * Suppresses `problem` in the configuration that holds for its file, or in a new one in the outermost folder where one would
 * hold. The reason is left empty, which is an error until somebody writes it. Not offered for errors, which stop a run
 * however quiet they are; nor where the configuration is written in a way that a line cannot be added to.
 */
export function suppressionEdit(
  source: SourceFile,
  problem: Problem,
  { config, candidates }: FoundConfig,
  host: FileHost,
): SuppressionEdit | undefined {
  const configUri = config?.uri ?? candidates.at(-1);
  if (configUri === undefined || source.kind === 'config') return undefined;
  if (problem.severity === 'error' || isFixed(problem.rule)) return undefined;
  const file = relativeReference(configUri, source.uri);
  if (file === undefined) return undefined;
  const step = source.kind === 'playbook' ? stepFinder(source.text)(problem.range.start) : undefined;
  const lines = [
    `- rule: ${problem.rule}`,
    `  file: ${/^[\w./][\w./@ -]*$/.test(file) ? file : JSON.stringify(file)}`,
    ...(step === undefined ? [] : [`  step: ${step}`]),
    '  reason: ""',
  ];
  const edit = added(host.read(configUri) ?? '', lines);
  return edit && { configUri, isNew: config === undefined, edit };
}

/** Adds an item to `suppressions`, behind what is there. */
function added(text: string, item: readonly string[]): TextEdit | undefined {
  const { root, problems } = parseYaml(text);
  if (problems.some(({ rule }) => rule === 'yaml-syntax')) return undefined;
  const at = (offset: number): TextEdit['range'] => ({ start: offset, end: offset });
  const lines = (indent: string): string => item.map((line) => `${indent}${line}\n`).join('');
  const gap = (end: number): string => (end === 0 || text[end - 1] === '\n' ? '' : '\n');
  if (root !== undefined && (root.kind !== 'map' || root.flow)) return undefined;
  const entry = root && entryOf(root, 'suppressions');
  if (!entry) return { range: at(text.length), newText: `${gap(text.length)}suppressions:\n${lines('  ')}` };
  const list = entry.value;
  const first = list?.kind === 'list' && !list.flow ? list.items[0] : undefined;
  const last = list?.kind === 'list' ? list.items.at(-1) : undefined;
  if (!first || !last) return undefined;
  const before = text.slice(text.lastIndexOf('\n', first.range.start - 1) + 1, first.range.start);
  const indent = /^( *)- +$/.exec(before)?.[1];
  if (indent === undefined) return undefined;
  // Behind the last words of the last item, and what else is on their line.
  const words = last.range.start + text.slice(last.range.start, last.range.end).trimEnd().length;
  const newline = text.indexOf('\n', words);
  const end = newline < 0 ? text.length : newline + 1;
  return { range: at(end), newText: `${gap(end)}${lines(indent)}` };
}
