import type { Site } from '../authority/sites.js';
import { type Structure, structureOf } from '../authority/structure.js';
import type { Name } from '../expressions/ast.js';
import { readingsOf } from '../expressions/readings.js';
import {
  type Approval,
  type ForEachStep,
  firstOfIds,
  type Playbook,
  STEP_KINDS,
  type Step,
} from '../model/playbook.js';
import { asText, entriesOf, wordRange } from '../model/read.js';
import { once } from '../once.js';
import { movingWith } from '../syntax/place.js';
import { sourceRange } from '../syntax/scalar-map.js';
import type { Located, Node, Range } from '../syntax/tree.js';
import { entryOf, get } from '../syntax/tree.js';
import type { Occurrence, OccurrenceKind, Owner } from './occurrence.js';
import { declaredOutputs } from './occurrences-members.js';

/** A playbook with its steps and expressions, as whoever read it has them already. */
export interface PlaybookTree {
  readonly playbook: Playbook;
  /** Expressions that belong to no step. */
  readonly head: readonly Site[];
  /** The steps of the playbook's own list, each with all inside it. */
  readonly tops: readonly TopTree[];
}

export interface TopTree {
  readonly steps: readonly Step[];
  readonly sites: readonly Site[];
}

/** The names found in each step of the list: the same as long as that is the same object. */
export type NamesOfTops = ReadonlyMap<TopTree, readonly Occurrence[]>;

/**
 * The names in a playbook, in expressions, too. Macros' variables are none: they mean nothing outside of their macro. Those
 * of steps in `made` are not looked for again; what is to be given the next time is put into `next`.
 */
export function inPlaybook(
  { playbook, head, tops }: PlaybookTree,
  text: string,
  made?: NamesOfTops,
  next?: Map<TopTree, readonly Occurrence[]>,
): Occurrence[] {
  const out: Occurrence[] = [];
  if (playbook.id) declare(out, 'playbook', playbook.id);
  for (const catalog of playbook.catalogs) name(out, 'file', catalog);
  name(out, 'file', playbook.policy);
  for (const example of playbook.examples) name(out, 'file', example);
  for (const { name: word, file } of playbook.context) {
    declare(out, 'context', word);
    name(out, 'file', file);
  }
  name(out, 'role', playbook.accountable);
  for (const id of playbook.feedback) name(out, 'step', id);
  for (const { key } of entriesOf(get(playbook.node, 'inputs')))
    declare(out, 'input', { value: key.text, range: wordRange(key) });
  const stepOf = once(() => firstOfIds(tops.flatMap(({ steps }) => steps)));
  inExpressions(head, new Map(), stepOf, text, out);
  for (const top of tops) {
    let own = made?.get(top);
    if (!own) {
      const found: Occurrence[] = [];
      for (const step of top.steps) inStep(step, found);
      const { placeOf } = structureOf(top.steps.slice(0, 1));
      inExpressions(top.sites, placeOf, stepOf, text, found);
      own = found;
    }
    next?.set(top, own);
    for (const one of own) out.push(one);
  }
  if (playbook.unfinished.size > 0) {
    for (const id of unfinishedIds(get(playbook.node, 'steps'))) declare(out, 'step', id);
  }
  return out;
}

function declare(out: Occurrence[], kind: OccurrenceKind, { value, range }: Located<string>): void {
  out.push({ kind, name: value, range, declares: true });
}

function name(out: Occurrence[], kind: OccurrenceKind, word: Located<string> | undefined): void {
  if (word && word.value !== '') out.push({ kind, name: word.value, range: word.range, declares: false });
}

function inStep(step: Step, out: Occurrence[]): void {
  // A step without an id has one that nobody can write.
  if (step.id.range !== step.keyRange) declare(out, 'step', step.id);
  name(out, 'role', step.accountable);
  switch (step.kind) {
    case 'action': {
      name(out, 'tool', step.tool);
      inApproval(step.approval, out);
      for (const role of step.notify?.roles ?? []) name(out, 'role', role);
      const of: Owner = { kind: 'tool', name: step.tool.value, members: [] };
      for (const { name: word } of step.with)
        out.push({ kind: 'argument', name: word.value, range: word.range, declares: false, of });
      break;
    }
    case 'agent':
      for (const { tool } of step.tools) name(out, 'tool', tool);
      inApproval(step.approval, out);
      for (const role of step.notify?.roles ?? []) name(out, 'role', role);
      out.push(...declaredOutputs(get(step.node, 'agent'), { kind: 'step', name: step.id.value }));
      break;
    case 'gate':
      for (const id of step.grants) name(out, 'step', id);
      inApproval(step.approval, out);
      break;
    case 'manual':
      name(out, 'role', step.role);
      out.push(...declaredOutputs(get(step.node, 'manual'), { kind: 'step', name: step.id.value }));
      break;
    case 'call': {
      name(out, 'file', step.target);
      const home = { kind: 'file', file: step.target.value } as const;
      for (const { name: word } of step.with)
        out.push({ kind: 'input', name: word.value, range: word.range, declares: false, home });
      break;
    }
    case 'for-each':
      if (step.item) out.push(item(step, step.item.range, true, []));
      break;
    case 'if':
    case 'switch':
    case 'parallel':
    case 'stop':
      break;
  }
}

function item(loop: ForEachStep, range: Range, declares: boolean, bound: readonly string[]): Occurrence {
  const found = { kind: 'item', name: loop.id.value, word: loop.item?.value ?? '', range, declares } as const;
  return bound.length > 0 ? { ...found, bound } : found;
}

function inApproval(approval: Approval | undefined, out: Occurrence[]): void {
  for (const role of [...(approval?.roles ?? []), ...(approval?.escalateTo ?? [])]) name(out, 'role', role);
  for (const id of approval?.distinctFrom ?? []) name(out, 'step', id);
}

function inExpressions(
  sites: readonly Site[],
  placeOf: Structure['placeOf'],
  stepOf: () => ReadonlyMap<string, Step>,
  text: string,
  out: Occurrence[],
): void {
  for (const { step, expression, slot, tool } of sites) {
    const { node, offset } = expression;
    const at = ({ start, end }: Name): Range =>
      movingWith(node.range, sourceRange(node, text, offset + start, offset + end));
    const loops = (step && placeOf.get(step)?.loops) ?? [];
    for (const { path, bound } of readingsOf(expression.parsed)) {
      const [root, member] = path;
      if (!root) continue;
      const loop = loops.findLast((one) => one.item?.value === root.name);
      if (loop) out.push(item(loop, at(root), false, bound));
      else if (!member) continue;
      else if (root.name === 'inputs') name(out, 'input', { value: member.name, range: at(member) });
      else if (root.name === 'context') name(out, 'context', { value: member.name, range: at(member) });
      else if (root.name === 'steps') {
        name(out, 'step', { value: member.name, range: at(member) });
        inOutput(stepOf().get(member.name), path, at, out);
      } else if (root.name === 'args' && slot === 'where') {
        const of: Owner = { kind: 'tool', name: tool ?? '', members: [] };
        out.push({ kind: 'argument', name: member.name, range: at(member), declares: false, of });
      }
    }
  }
}

/** The members of a step's result in `steps.<id>.output…`. An action returns what its tool does. */
function inOutput(
  step: Step | undefined,
  [, , output, ...path]: readonly Name[],
  at: (word: Name) => Range,
  out: Occurrence[],
): void {
  if (output?.name !== 'output' || !step) return;
  const owner =
    step.kind === 'action'
      ? ({ kind: 'tool', name: step.tool.value } as const)
      : step.kind === 'agent' || step.kind === 'manual'
        ? ({ kind: 'step', name: step.id.value } as const)
        : undefined;
  if (!owner) return;
  const whole: Owner = { ...owner, members: [] };
  out.push({ kind: 'output', name: '', word: 'output', range: at(output), declares: false, of: whole });
  for (const [index, word] of path.entries()) {
    const of = index === 0 ? whole : { ...owner, members: path.slice(0, index).map((one) => one.name) };
    out.push({ kind: 'output', name: word.name, range: at(word), declares: false, of });
  }
}

const LISTS: ReadonlySet<string> = new Set(['steps', 'then', 'else', 'default', 'on-error', 'on-reject', 'on-timeout']);

/** The ids of steps that name no kind yet, wherever steps may stand. */
function* unfinishedIds(node: Node | undefined): Generator<Located<string>> {
  if (node?.kind === 'list') {
    for (const one of node.items) {
      if (one?.kind !== 'map') continue;
      const id = asText(get(one, 'id'));
      if (id && !STEP_KINDS.some((kind) => entryOf(one, kind))) yield id;
      for (const { key, value } of one.entries) {
        if (LISTS.has(key.text)) yield* unfinishedIds(value);
        else if (key.text === 'cases' || key.text === 'branches') {
          for (const branch of entriesOf(value)) yield* unfinishedIds(branch.value);
        }
      }
    }
  } else if (node?.kind === 'map') yield* unfinishedIds(get(node, 'steps'));
}
