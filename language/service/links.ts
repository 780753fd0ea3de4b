import { namedRules } from '../config/build-config.js';
import { resolveReference } from '../host.js';
import { attackEntry } from '../model/attack-names.js';
import { listAt, textAt } from '../model/read.js';
import { isRuleName } from '../rules/names.js';
import type { Located, Range } from '../syntax/tree.js';
import { attackPage } from './explain-attack.js';
import { occurrencesIn } from './occurrences.js';
import type { SourceFile } from './source-file.js';

/** A word that leads to a file or a page. */
export interface Link {
  readonly range: Range;
  readonly target: string;
  /** What is behind it, where the word does not say. */
  readonly tooltip: string | undefined;
}

/**
 * What can be opened from a file: the files it names, the pages of the ATT&CK techniques it answers, and of the rules it
 * sets, suppresses or waives.
 * @param docsUri where the pages of rules are, ending in `/`; `undefined`: rules lead nowhere
 */
export function linksOf(source: SourceFile, docsUri: string | undefined): Link[] {
  return [...fileLinks(source), ...techniqueLinks(source), ...ruleLinks(source, docsUri)];
}

function fileLinks(source: SourceFile): Link[] {
  const named = occurrencesIn(source).flatMap(({ kind, name, range }) =>
    kind === 'file' ? [{ value: name, range }] : [],
  );
  return [...named, ...suppressedFiles(source)].map(({ value, range }) => ({
    range,
    target: resolveReference(source.uri, value),
    tooltip: undefined,
  }));
}

/** The files of a configuration's suppressions; a folder cannot be opened. */
function suppressedFiles({ kind, root }: SourceFile): Located<string>[] {
  if (kind !== 'config') return [];
  const files = (listAt(root, 'suppressions')?.items ?? []).flatMap((item) => textAt(item, 'file') ?? []);
  return files.filter(({ value }) => !value.endsWith('/'));
}

function techniqueLinks({ playbook }: SourceFile): Link[] {
  return (playbook?.playbook.attack ?? []).flatMap(({ value, range }) => {
    const target = attackPage(value);
    return target === undefined ? [] : [{ range, target, tooltip: attackEntry(value)?.name }];
  });
}

function ruleLinks({ kind, root }: SourceFile, docsUri: string | undefined): Link[] {
  if (docsUri === undefined) return [];
  const waived = (listAt(root, 'waivers')?.items ?? []).flatMap((item) => textAt(item, 'rule') ?? []);
  const named = kind === 'config' ? namedRules(root) : kind === 'policy' ? waived : [];
  return named
    .filter(({ value }) => isRuleName(value))
    .map(({ value, range }) => ({ range, target: `${docsUri}rules/${value}.md`, tooltip: `What ${value} reports` }));
}
