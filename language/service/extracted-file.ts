import { operatingModelOf, type WholeModel } from '../authority/whole.js';
import type { LoadedPlaybook } from '../load.js';
import { allSteps, type Step } from '../model/playbook.js';
import { patchText } from '../syntax/patched-text.js';
import type { Range } from '../syntax/tree.js';
import { flowYaml, word } from './flow-yaml.js';
import type { InputRead } from './input-reads.js';
import type { SourceFile } from './source-file.js';
import { entryLines, gapAt, lineBreak, moved } from './step-text.js';

export interface Extraction {
  readonly source: SourceFile;
  readonly playbook: LoadedPlaybook;
  readonly steps: readonly Step[];
  /** The steps' whole lines, with the comments above them, and the column of their dashes. */
  readonly lines: Range;
  readonly dash: number;
  readonly reads: readonly InputRead[];
  readonly name: string;
}

/** The playbook that takes over some steps of another: its head says what the other's does, as far as these steps need it. */
export function extractedFile({ source, playbook, steps, lines, dash, reads, name }: Extraction): string {
  const { text } = source;
  const newline = lineBreak(text);
  const own = playbook.playbook;
  const inside = [...allSteps(steps)];
  const model = modelOf(playbook, new Set(inside));
  const kept = (key: string): string => {
    const entry = entryLines(text, own.node, key);
    return entry ? text.slice(entry.start, entry.end) + gapAt(text, entry.end) : '';
  };
  const line = (words: string): string => words + newline;
  const inputs = new Map(reads.map((read) => [read.name, read.schema]));
  const first = steps[0];
  return [
    line(`playbook: ${name}`),
    line('version: 1.0.0'),
    line(
      `title: ${word((steps.length === 1 ? first?.title : undefined) ?? `Steps of ${own.id?.value ?? 'a playbook'}`)}`,
    ),
    line(`description: ${word(`Called by ${own.id?.value ?? 'a playbook'} from "${first?.id.value ?? ''}" on.`)}`),
    line(`operating-model: ${model === 'autonomous' ? 'ai-soc' : model}`),
    kept('owner'),
    kept('accountable'),
    catalogs(playbook, inside, line),
    kept('policy'),
    trigger(playbook, line),
    inputs.size === 0
      ? ''
      : line('inputs:') + [...inputs].map(([key, one]) => line(`  ${key}: ${flowYaml(one)}`)).join(''),
    context(playbook, new Set(inside), line),
    kept('autonomy'),
    kept('defaults'),
    kept('budget'),
    newline,
    line('steps:'),
    body(text, lines, reads, 2 - dash),
  ].join('');
}

/** The operating model that some steps of a playbook have by themselves, with what they call. */
export function modelOf(playbook: LoadedPlaybook, inside: ReadonlySet<Step>): WholeModel['model'] {
  const acts = playbook.acts.filter(({ step }) => inside.has(step));
  return operatingModelOf({ ...playbook, steps: [...inside], acts }).model;
}

/** The steps as they are written, with what comes from outside read from the inputs. */
function body(text: string, lines: Range, reads: readonly InputRead[], by: number): string {
  const edits = reads.map(({ range, name }) => ({
    range: { start: range.start - lines.start, end: range.end - lines.start },
    newText: `inputs.${name}`,
  }));
  return moved(patchText(text.slice(lines.start, lines.end), edits).text, by) + gapAt(text, lines.end);
}

/** The catalogs that have the tools of these steps, and those that undo them. */
function catalogs(
  { playbook, catalogs: read, tools }: LoadedPlaybook,
  inside: readonly Step[],
  line: (words: string) => string,
): string {
  const names = inside.flatMap((step) =>
    step.kind === 'action' ? [step.tool.value] : step.kind === 'agent' ? step.tools.map(({ tool }) => tool.value) : [],
  );
  const used = new Set(names.flatMap((name) => [name, tools.get(name)?.undo?.value ?? name]));
  const uris = new Set([...used].map((name) => tools.get(name)?.uri));
  const all = read.length === playbook.catalogs.length;
  const references = playbook.catalogs.filter((_, index) => !all || uris.has(read[index]?.uri));
  return references.length === 0 ? '' : line(`catalogs: [${references.map(({ value }) => word(value)).join(', ')}]`);
}

function trigger({ playbook }: LoadedPlaybook, line: (words: string) => string): string {
  const alert = playbook.trigger?.class?.value;
  return alert === undefined ? '' : line(`trigger: { class: ${word(alert)} }`);
}

/** The context these steps read. */
function context(
  { playbook, sites }: LoadedPlaybook,
  inside: ReadonlySet<Step>,
  line: (words: string) => string,
): string {
  const read = new Set(
    sites
      .filter(({ step }) => step && inside.has(step))
      .flatMap(({ checked }) => checked.references)
      .flatMap(({ path }) => (path[0]?.name === 'context' && path[1] ? [path[1].name] : [])),
  );
  const used = playbook.context.filter(({ name }) => read.has(name.value));
  if (used.length === 0) return '';
  return line('context:') + used.map(({ name, file }) => line(`  ${name.value}: ${word(file.value)}`)).join('');
}
