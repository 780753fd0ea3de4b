import type { LoadedPlaybook } from '../load.js';
import { type Approval, allSteps, type Step } from '../model/playbook.js';
import { entriesOf, textAt, textsAt, wordRange } from '../model/read.js';
import type { Located, Node, Range } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';
import { stepReferences, variableReferences } from './expression-steps.js';
import type { SourceFile } from './source-file.js';

/** A name that stands for something elsewhere, or the place that gives it its meaning. */
export interface Occurrence {
  /** `item`: of a loop, whose id is the name. `input` and `context`: what the playbook is given, by its name. */
  readonly kind: 'step' | 'tool' | 'role' | 'file' | 'tag' | 'item' | 'input' | 'context';
  readonly name: string;
  readonly range: Range;
  readonly declares: boolean;
}

/** Every name in a file that can be followed, in no particular order. */
export function occurrencesIn(source: SourceFile): Occurrence[] {
  switch (source.kind) {
    case 'playbook':
      return source.playbook ? inPlaybook(source.playbook) : [];
    case 'tools':
      return inCatalog(source.root);
    case 'policy':
      return inPolicy(source.root);
    case 'case':
      return inCase(source.root);
    case 'config':
      return [];
  }
}

/** The name at an offset, both ends inclusive. */
export function occurrenceAt(source: SourceFile, offset: number): Occurrence | undefined {
  return occurrencesIn(source).find(({ range }) => range.start <= offset && offset <= range.end);
}

function inPlaybook(loaded: LoadedPlaybook): Occurrence[] {
  const { playbook } = loaded;
  const out: Occurrence[] = [
    ...named('file', playbook.catalogs),
    ...named('file', optional(playbook.policy)),
    ...named(
      'file',
      playbook.context.map(({ file }) => file),
    ),
    ...named('role', optional(playbook.accountable)),
    ...named('step', playbook.feedback),
  ];
  for (const step of allSteps(playbook.steps)) out.push(...inStep(step));
  for (const { name, range } of stepReferences(loaded)) out.push({ kind: 'step', name, range, declares: false });
  for (const name of playbook.context) out.push(declared('context', name.name));
  for (const { key } of entriesOf(get(playbook.node, 'inputs')))
    out.push({ kind: 'input', name: key.text, range: wordRange(key), declares: true });
  out.push(...variableReferences(loaded));
  return out;
}

function inStep(step: Step): Occurrence[] {
  const out: Occurrence[] = [
    { kind: 'step', name: step.id.value, range: step.id.range, declares: true },
    ...named('role', optional(step.accountable)),
  ];
  switch (step.kind) {
    case 'action':
      out.push(...named('tool', [step.tool]), ...inApproval(step.approval), ...named('role', step.notify?.roles ?? []));
      break;
    case 'agent':
      out.push(
        ...named(
          'tool',
          step.tools.map((grant) => grant.tool),
        ),
      );
      out.push(...inApproval(step.approval), ...named('role', step.notify?.roles ?? []));
      break;
    case 'gate':
      out.push(...named('step', step.grants), ...inApproval(step.approval));
      break;
    case 'manual':
      out.push(...named('role', optional(step.role)));
      break;
    case 'call':
      out.push(...named('file', [step.target]));
      break;
    case 'for-each':
      if (step.item) out.push({ ...declared('item', step.item), name: step.id.value });
      break;
    case 'if':
    case 'switch':
    case 'parallel':
    case 'stop':
      break;
  }
  return out;
}

function inApproval(approval: Approval | undefined): Occurrence[] {
  return approval ? [...named('role', approval.roles), ...named('step', approval.distinctFrom)] : [];
}

function inCatalog(root: Node | undefined): Occurrence[] {
  return entriesOf(get(root, 'tools')).flatMap((entry) => [
    { kind: 'tool', name: entry.key.text, range: wordRange(entry.key), declares: true },
    ...named('tool', optional(textAt(entry.value, 'undo'))),
  ]);
}

function inPolicy(root: Node | undefined): Occurrence[] {
  const ceilings = get(root, 'ceilings');
  return [
    ...entriesOf(get(root, 'roles')).map(
      ({ key }): Occurrence => ({ kind: 'role', name: key.text, range: wordRange(key), declares: true }),
    ),
    ...named('tool', [...textsAt(root, 'always-gate'), ...textsAt(root, 'forbid')]),
    ...entriesOf(get(root, 'tags')).map(
      ({ key }): Occurrence => ({ kind: 'tag', name: key.text, range: wordRange(key), declares: true }),
    ),
    ...(ceilings?.kind === 'list' ? ceilings.items : []).flatMap((item) => [
      ...named('tool', optional(textAt(item, 'tool'))),
      ...named('role', textsAt(item, 'roles')),
      ...named('tag', optional(textAt(item, 'target-tag'))),
    ]),
  ];
}

function inCase(root: Node | undefined): Occurrence[] {
  return named('file', optional(textAt(root, 'alert')));
}

function declared(kind: Occurrence['kind'], { value, range }: Located<string>): Occurrence {
  return { kind, name: value, range, declares: true };
}

function named(kind: Occurrence['kind'], words: readonly Located<string>[]): Occurrence[] {
  return words
    .filter((word) => word.value !== '')
    .map(({ value, range }) => ({ kind, name: value, range, declares: false }));
}

function optional<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
