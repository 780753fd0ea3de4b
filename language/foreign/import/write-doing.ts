import type { BoundaryCell } from '../../authority/cell.js';
import type { ForeignFinding } from '../finding.js';
import type { ForeignStep } from '../model.js';
import { type FlowGraph, type FlowNode, isFailure, type Way } from './graph.js';
import type { Names } from './names.js';
import {
  anythingEntries,
  approvalEntries,
  askedComments,
  givenComments,
  labelComments,
  undecidedEntries,
  valuesOf,
} from './step-entries.js';
import type { ImportedTools } from './tools.js';
import { type Entry, type Item, inertOr, list, map, word } from './yaml-text.js';

/** What the steps of one playbook are written with. */
export interface Writing {
  readonly graph: FlowGraph;
  /** What the boundary says of a step: of all runs the worst. */
  readonly findingOf: (step: ForeignStep) => ForeignFinding | undefined;
  /** By the questions that are gates, the acts they grant. */
  readonly grants: ReadonlyMap<ForeignStep, readonly ForeignStep[]>;
  readonly tools: ImportedTools;
  /** The name of a role, by who is asked. */
  readonly roleOf: (who: readonly string[]) => string;
  /** The file of the playbook that is called; `undefined` where it is not followed. */
  readonly calledFile: (step: ForeignStep) => string | undefined;
  /** Why a call is not followed that the boundary follows. */
  readonly whyNot: (step: ForeignStep) => string;
  /** The file of the part that begins with a node. */
  readonly partFile: (node: number) => string;
  readonly placeOf: (step: ForeignStep) => string;
  readonly effectOf: (step: ForeignStep) => BoundaryCell['effect'];
  /** Told of every step that stands for one of the original. */
  readonly origin: (id: string, step: ForeignStep) => void;
  /** Told of every step of the original that is named. */
  readonly named: (step: ForeignStep) => void;
}

/** What is known of the steps of one file while they are written. */
export interface FileOfSteps {
  readonly writing: Writing;
  /** Ids of steps and what is like them. */
  readonly names: Names;
  readonly idOf: (step: ForeignStep) => string;
  /** By the node of a question that is asked with answers: how its ways are named. */
  readonly answersOf: Map<number, ReadonlyMap<Way, string>>;
  /** Acts that a gate grants. */
  readonly gated: ReadonlySet<ForeignStep>;
}

export function item(comments: readonly string[], id: string, entries: readonly Entry[]): Item {
  return { comments, entries: [['id', word(id)], ...entries] };
}

/** What a step of the original does, as a step of ours; nothing for one that only leads on. */
export function bodyOf(
  { writing, names, idOf, answersOf, gated }: FileOfSteps,
  at: number,
  node: Extract<FlowNode, { kind: 'step' }>,
  handler: readonly Entry[],
): readonly Item[] {
  const { tools, findingOf } = writing;
  const { step } = node;
  const { does } = step;
  const title: Entry = ['title', inertOr(step.id, 'A step without a name', 160)];
  switch (does.kind) {
    case 'act': {
      const found = findingOf(step);
      const effect = writing.effectOf(step);
      const said = effect === 'read' || effect === 'record' ? '' : does.description;
      const { tool, given } = tools.act(does, effect);
      return [
        item(said.trim() === '' ? [] : [said], idOf(step), [
          title,
          ['action', word(tool)],
          ['with', map(given)],
          ...(found
            ? levelOf(found, gated.has(step), writing)
            : does.byPerson
              ? [['autonomy', word('assist')] as const]
              : []),
          ...handler,
        ]),
      ];
    }
    case 'unknown':
      return [unknown(writing, idOf(step), title, step, does.why, handler)];
    case 'call': {
      const file = writing.calledFile(step);
      const found = findingOf(step);
      if (file === undefined)
        return [unknown(writing, idOf(step), title, step, found?.effectFrom ?? writing.whyNot(step), handler)];
      const call = item(givenComments(does.args), idOf(step), [title, ['call', word(file)], ...handler]);
      // In some runs it is followed, and in others it leads round in a circle.
      if (!found) return [call];
      const also = names.take(`${idOf(step)} also`, 'also');
      writing.origin(also, step);
      return [call, unknown(writing, also, title, step, found.effectFrom, [])];
    }
    case 'ask': {
      const ways = node.ways.filter(({ kind }) => !isFailure(kind));
      const answers = ways.length > 1 ? valuesOf(ways) : undefined;
      if (answers) answersOf.set(at, answers);
      const enumOf: Entry[] = answers
        ? [['output', map([['answer', map([['enum', list([...answers.values()])]])]])]]
        : [];
      return [
        item([...askedComments(does.who), ...(answers ? labelComments(answers) : [])], idOf(step), [
          title,
          [
            'manual',
            map([
              ['task', inertOr(does.question, step.id || 'A question without a text')],
              ['role', word(writing.roleOf(does.who))],
              ...enumOf,
            ]),
          ],
          ...handler,
        ]),
      ];
    }
    case 'task':
      return [
        item([], idOf(step), [
          title,
          [
            'manual',
            map([
              ['task', inertOr(does.text, inertOr(step.id, 'A task without a text'))],
              ['role', word(writing.roleOf([]))],
            ]),
          ],
          ...handler,
        ]),
      ];
    case 'flow': {
      // Something has to be there that may fail.
      if (handler.length === 0) return [];
      const tool = tools.condition(step.id, ['done'], 'it is done');
      return [item([], idOf(step), [title, ['action', word(tool)], ...handler])];
    }
  }
}

function unknown(
  { findingOf, tools }: Writing,
  id: string,
  title: Entry,
  step: ForeignStep,
  why: string,
  handler: readonly Entry[],
): Item {
  const found = findingOf(step);
  const named = step.does.kind === 'call' ? step.does.target.value : step.id;
  const args = step.does.kind === 'call' ? givenComments(step.does.args) : [];
  return item([why, ...args], id, [
    title,
    ['action', word(tools.anything(named, why))],
    ...(found ? undecidedEntries(found) : anythingEntries(why)),
    ...handler,
  ]);
}

/** The level an act has in the original, and what keeps it from being one that somebody here decided. */
function levelOf(found: ForeignFinding, isGated: boolean, { roleOf }: Writing): readonly Entry[] {
  const { level, cell } = found;
  if (cell.verdict !== 'proven') return undecidedEntries(found);
  if (level === 'by-person') return [['autonomy', word('assist')]];
  if (isGated) return [['autonomy', word('approve')]];
  return approvalEntries(found, roleOf);
}
