import { type FileHost, resolveReference } from '../host.js';
import type { LoadedPlaybook } from '../load.js';
import { allSteps, childLists, type Step } from '../model/playbook.js';
import type { Range } from '../syntax/tree.js';
import { extractedFile, modelOf } from './extracted-file.js';
import { type InputRead, inputReads } from './input-reads.js';
import type { Proposal } from './proposal.js';
import type { SourceFile } from './source-file.js';
import { freshId, lineBreak, type StepText, stepText, written } from './step-text.js';

/** For a selection of steps that stand side by side: a playbook of their own, which the old one calls. */
export function extractProposals(source: SourceFile, range: Range, host: FileHost): Proposal[] {
  const { playbook } = source;
  const words = trimmed(source.text, range);
  if (!playbook || words.end <= words.start) return [];
  const steps = siblingsIn(playbook.playbook.steps, words);
  if (steps.length === 0) return [];
  const places = steps.map((step) => stepText(source, step));
  const [first] = places;
  const last = places.at(-1);
  const reads = inputReads(playbook, new Set(allSteps(steps)));
  const disabled =
    !first || !last || places.includes(undefined)
      ? 'The steps do not begin on lines of their own.'
      : (tornApart(playbook, steps) ?? (typeof reads === 'string' ? reads : undefined));
  const name = freeName(source, steps, host);
  return [
    {
      title: steps.length === 1 ? 'Extract the step to a called playbook' : 'Extract the steps to a called playbook',
      kind: 'refactor.extract',
      preferred: false,
      makesFile: true,
      problems: [],
      ...(disabled === undefined ? {} : { disabled }),
      changes: () => {
        if (!first || !last || typeof reads === 'string') return [];
        const lines = { start: first.lines.start, end: last.lines.end };
        return [
          {
            uri: resolveReference(source.uri, `${name}.playbook.yaml`),
            create: true,
            edits: [
              {
                range: { start: 0, end: 0 },
                newText: extractedFile({ source, playbook, steps, lines, dash: first.dash, reads, name }),
              },
            ],
          },
          { uri: source.uri, create: false, edits: [{ range: lines, newText: call(source, first, name, reads) }] },
        ];
      },
    },
  ];
}

function trimmed(text: string, { start, end }: Range): Range {
  let from = start;
  let to = end;
  while (from < to && /\s/.test(text.charAt(from))) from++;
  while (to > from && /\s/.test(text.charAt(to - 1))) to--;
  return { start: from, end: to };
}

/** The steps a selection holds, of the innermost list it reaches into: each from its beginning to behind its id at least. */
function siblingsIn(steps: readonly Step[], words: Range): readonly Step[] {
  const touched = steps.filter(({ node: { range } }) => range.start < words.end && words.start < range.end);
  const [first] = touched;
  const last = touched.at(-1);
  if (!first || !last) return [];
  if (words.start <= first.node.range.start) return last.id.range.end <= words.end ? touched : [];
  return first === last ? childLists(first).flatMap((list) => siblingsIn(list.steps, words)) : [];
}

/** What would no longer hold if these steps stood in a playbook of their own. */
function tornApart(loaded: LoadedPlaybook, chosen: readonly Step[]): string | undefined {
  const { steps: all, playbook, sites } = loaded;
  const inside = new Set(allSteps(chosen));
  const ids = new Set([...inside].map((step) => step.id.value));
  for (const step of all) {
    const isInside = inside.has(step);
    if (step.kind === 'gate') {
      const torn = step.grants.find(({ value }) => ids.has(value) !== isInside);
      if (torn)
        return `The gate "${step.id.value}" grants "${torn.value}", and an approval does not pass a call. Choose both.`;
    }
    const approval =
      step.kind === 'gate' || step.kind === 'action' || step.kind === 'agent' ? step.approval : undefined;
    const other = approval?.distinctFrom.find(({ value }) => ids.has(value) !== isInside);
    if (other)
      return `Whoever approves at "${step.id.value}" has to differ from "${other.value}", which only one playbook can tell. Choose both.`;
    if (isInside && step.kind === 'stop')
      return `"${step.id.value}" ends the run; in a called playbook it would end only that. Leave it out.`;
  }
  if (modelOf(loaded, inside) === 'autonomous')
    return 'By themselves these steps act without any person, which no playbook may. Choose a gate or a task with them.';
  const later = sites
    .filter(({ step }) => !step || !inside.has(step))
    .flatMap(({ checked }) => checked.references)
    .find(({ path }) => path[0]?.name === 'steps' && path[1] !== undefined && ids.has(path[1].name));
  if (later)
    return `The result of "${later.path[1]?.name}" is read elsewhere, and a called playbook returns only its verdict.`;
  const feedback = playbook.feedback.find(({ value }) => ids.has(value));
  if (feedback) return `"feedback" names "${feedback.value}", which would be in another file.`;
  return undefined;
}

function freeName(source: SourceFile, steps: readonly Step[], host: FileHost): string {
  const own = source.playbook?.playbook.id?.value ?? 'extracted';
  const base = `${own}-${steps[0]?.id.value ?? 'steps'}`.replace(/_+/g, '-').replace(/-+$/, '');
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (number > 50 || host.read(resolveReference(source.uri, `${name}.playbook.yaml`)) === undefined) return name;
  }
}

/** The step that calls the new playbook. */
function call(source: SourceFile, { dash, keys }: StepText, name: string, reads: readonly InputRead[]): string {
  const { playbook, text } = source;
  const id = freshId(name.replace(/-/g, '_'), playbook?.stepOf ?? new Map());
  const given = new Map(reads.map((read) => [read.name, read.path]));
  const values = [...given].map(([input, path]) => `${input}: "\${{ ${path} }}"`);
  const args =
    values.length === 0
      ? []
      : values.length === 1
        ? [`with: { ${values[0]} }`]
        : ['with:', ...values.map((one) => `  ${one}`)];
  const width = keys - dash;
  const lines = [`call: ${name}.playbook.yaml`, ...args].map((line) => ' '.repeat(width) + line);
  return written([`-${' '.repeat(width - 1)}id: ${id}`, ...lines], dash, lineBreak(text));
}
