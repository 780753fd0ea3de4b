import type { ForeignFinding } from '../finding.js';
import type { ForeignStep } from '../model.js';
import { type FlowGraph, type FlowNode, isFailure, type Way } from './graph.js';
import { namesOf } from './names.js';
import {
  anythingEntries,
  approvalEntries,
  askedComments,
  durationOf,
  handlerEntries,
  labelComments,
  undecidedEntries,
  valuesOf,
  wordsOf,
} from './step-entries.js';
import type { Planned, PlannedBranch } from './structure.js';
import { type ImportedTools, TARGET } from './tools.js';
import { type Entry, type Item, inert, inertOr, list, map, word } from './yaml-text.js';

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
  /** The effect of an act that is none of the boundary. */
  readonly effectOf: (step: ForeignStep) => 'read' | 'record';
  /** Told of every step that stands for one of the original. */
  readonly origin: (id: string, step: ForeignStep) => void;
  /** Told of every step of the original that is named. */
  readonly named: (step: ForeignStep) => void;
}

/** Of a list that the original goes over: as many as a loop with acts may have before that is reported. */
const MOST_ITEMS = 50;

/** Writes a list of steps of one file. */
export function writeItems(steps: readonly Planned[], writing: Writing): readonly Item[] {
  const { graph, grants, tools, findingOf } = writing;
  const names = namesOf('_', 56);
  const ids = new Map<ForeignStep, string>();
  /** Of a question that is asked with answers: how they are named. */
  const answersOf = new Map<number, ReadonlyMap<Way, string>>();
  /** Where several ways lead back alike, what comes before that is named once. */
  const wentBack = new Set<number>();
  const gated = new Set([...grants.values()].flat());

  return all(steps);

  function all(planned: readonly Planned[]): readonly Item[] {
    return planned.flatMap(one);
  }

  function one(planned: Planned): readonly Item[] {
    switch (planned.kind) {
      case 'do':
        return doing(planned);
      case 'outcome': {
        const node = graph.nodes[planned.node];
        if (node?.kind !== 'step') return [];
        const ok = all(planned.ok);
        const not = all(planned.not);
        const id = names.take(`${idOf(node.step)} outcome`, 'outcome');
        const is = (same: string): string => `steps.${idOf(node.step)}.outcome ${same} "ok"`;
        if (ok.length === 0 && not.length === 0) return [];
        if (ok.length === 0)
          return [
            item([], id, [
              ['if', word(is('!='))],
              ['then', { items: not }],
            ]),
          ];
        return [
          item([], id, [
            ['if', word(is('=='))],
            ['then', { items: ok }],
            ...(not.length > 0 ? [['else', { items: not }] as const] : []),
          ]),
        ];
      }
      case 'choose':
        return choose(planned.node, planned.branches);
      case 'loop':
        return loop(planned.node, all(planned.steps));
      case 'fork':
        return fork(planned.node, planned.branches);
      case 'gate':
        return gate(planned);
      case 'part': {
        const node = graph.nodes[planned.node];
        const name = node?.kind === 'step' ? node.step.id : 'several steps';
        return [
          item([], names.take(`go on ${name}`, 'go_on'), [
            ['title', `Goes on at ${inert(name, 120)}`],
            ['call', word(writing.partFile(planned.node))],
          ]),
        ];
      }
      case 'stop':
        return [
          item([], names.take('the end', 'the_end'), [
            [
              'stop',
              map([
                ['outcome', word(planned.why === 'end' ? 'completed' : 'stopped')],
                ['reason', 'The original ends here.'],
              ]),
            ],
          ]),
        ];
      case 'again': {
        const node = graph.nodes[planned.node];
        if (node?.kind !== 'again') return [];
        const back = inert(node.step.id, 120);
        const comments = wentBack.has(planned.node) ? [] : commentsOf(node);
        wentBack.add(planned.node);
        const here = `The original goes back to "${back}" here.`;
        return [
          item(comments, names.take(`again ${node.step.id}`, 'again'), [
            planned.ends
              ? [
                  'stop',
                  map([
                    ['outcome', word('escalated')],
                    ['reason', here],
                  ]),
                ]
              : [
                  'action',
                  word(
                    tools.nothing(
                      'goes back',
                      'Does nothing. It marks where the original goes back to a step before it.',
                    ),
                  ),
                ],
            [
              'undecided',
              `The original goes back to "${back}" here, any number of times. Write it as a loop with a bound, or let a person start again.`,
            ],
          ]),
        ];
      }
    }
  }

  function item(comments: readonly string[], id: string, entries: readonly Entry[]): Item {
    return { comments, entries: [['id', word(id)], ...entries] };
  }

  function idOf(step: ForeignStep): string {
    const known = ids.get(step);
    if (known !== undefined) return known;
    const id = names.take(step.id, 'step');
    ids.set(step, id);
    return id;
  }

  function commentsOf(node: FlowNode): readonly string[] {
    for (const step of node.passed) writing.named(step);
    return node.passed.filter(({ part }) => !part).map(({ id }) => inert(id, 120));
  }

  function doing({ node: at, failed, due }: Extract<Planned, { kind: 'do' }>): readonly Item[] {
    const node = graph.nodes[at];
    if (node?.kind !== 'step') return [];
    if (due) return whenDue(at, node);
    const handler = failed ? handlerEntries(all(failed.steps), failed.then) : [];
    const written = bodyOf(at, node, handler);
    const [first, ...rest] = written;
    if (!first) return [];
    writing.origin(idOf(node.step), node.step);
    return [{ ...first, comments: [...commentsOf(node), ...first.comments, writing.placeOf(node.step)] }, ...rest];
  }

  /** A step of a list in which each asks whether the original comes to it. */
  function whenDue(at: number, node: Extract<FlowNode, { kind: 'step' }>): readonly Item[] {
    const { step } = node;
    const items = bodyOf(at, node, [['on-error', word('continue')]]);
    if (items.length === 0 || step.does.kind === 'flow') return [];
    const id = names.take(`${step.id} is due`, 'is_due');
    writing.origin(idOf(step), step);
    const asked = item([...commentsOf(node), writing.placeOf(step)], id, [
      ['title', `Does the original come to "${inert(step.id, 120)}"?`],
      ['action', word(tools.due(step.id))],
    ]);
    const guard: Entry = ['when', word(`steps.${id}.output.due`)];
    return [
      asked,
      ...items.map(({ comments, entries: [first, ...rest] }) => ({
        comments,
        entries: first ? [first, guard, ...rest] : rest,
      })),
    ];
  }

  function bodyOf(at: number, node: Extract<FlowNode, { kind: 'step' }>, handler: readonly Entry[]): readonly Item[] {
    const { step } = node;
    const { does } = step;
    const title: Entry = ['title', inertOr(step.id, 'A step without a name', 160)];
    switch (does.kind) {
      case 'act': {
        const found = findingOf(step);
        const effect = found?.cell.effect ?? writing.effectOf(step);
        const said = effect === 'read' || effect === 'record' ? '' : does.description;
        const target = inertOr(does.scope, 'nothing it names', 300);
        return [
          item(said.trim() === '' ? [] : [said], idOf(step), [
            title,
            ['action', word(tools.act(does.action, effect, does.description))],
            ['with', map([[TARGET, target]])],
            ...(found ? levelOf(step, found) : does.byPerson ? [['autonomy', word('assist')] as const] : []),
            ...handler,
          ]),
        ];
      }
      case 'unknown':
        return [unknown(idOf(step), title, step, does.why, handler)];
      case 'call': {
        const file = writing.calledFile(step);
        const found = findingOf(step);
        if (file === undefined)
          return [unknown(idOf(step), title, step, found?.effectFrom ?? writing.whyNot(step), handler)];
        const call = item([], idOf(step), [title, ['call', word(file)], ...handler]);
        // In some runs it is followed, and in others it leads round in a circle.
        if (!found) return [call];
        const also = names.take(`${idOf(step)} also`, 'also');
        writing.origin(also, step);
        return [call, unknown(also, title, step, found.effectFrom, [])];
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

  function unknown(id: string, title: Entry, step: ForeignStep, why: string, handler: readonly Entry[]): Item {
    const found = findingOf(step);
    const named = step.does.kind === 'call' ? step.does.target.value : step.id;
    return item([why], id, [
      title,
      ['action', word(tools.anything(named, why))],
      ...(found ? undecidedEntries(found) : anythingEntries(why)),
      ...handler,
    ]);
  }

  /** The level an act has in the original, and what keeps it from being one that somebody here decided. */
  function levelOf(step: ForeignStep, found: ForeignFinding): readonly Entry[] {
    const { level, cell } = found;
    if (cell.verdict !== 'proven') return undecidedEntries(found);
    if (level === 'by-person') return [['autonomy', word('assist')]];
    if (gated.has(step)) return [['autonomy', word('approve')]];
    return approvalEntries(found, writing.roleOf);
  }

  function choose(at: number, branches: readonly PlannedBranch[]): readonly Item[] {
    const node = graph.nodes[at];
    const name = node?.kind === 'step' ? node.step.id : 'a step';
    const written = branches.map(({ way, steps }) => ({ way, items: all(steps) }));
    const full = written.filter(({ items }) => items.length > 0);
    if (full.length === 0) return [];
    const answers = branches.every(({ way }) => isFailure(way.kind)) ? undefined : answersOf.get(at);
    const values = answers ?? valuesOf(branches.map(({ way }) => way));
    if (node?.kind === 'step') writing.named(node.step);
    const before: Item[] = [];
    let on = node?.kind === 'step' ? `steps.${idOf(node.step)}.output.answer` : '';
    if (!answers) {
      const id = names.take(`${name} which way`, 'which_way');
      const labels = branches.map(({ way }) => wordsOf(way)).join('; ');
      const comments =
        node?.kind === 'step' && node.step.does.kind === 'flow'
          ? [...commentsOf(node), writing.placeOf(node.step)]
          : [];
      before.push(
        item([...comments, ...labelComments(values)], id, [
          ['title', inertOr(name, 'A condition', 160)],
          ['action', word(tools.condition(name, [...values.values()], labels))],
        ]),
      );
      on = `steps.${id}.output.way`;
    }
    if (full.length === written.length && full.length > 1) {
      const cases = full.map(({ way, items }): Entry => [values.get(way) ?? '', { items }]);
      return [
        ...before,
        item([], names.take(`${name} way`, 'way'), [
          ['switch', word(on)],
          ['cases', map(cases)],
        ]),
      ];
    }
    return [
      ...before,
      ...full.map(({ way, items }) =>
        item([], names.take(`${name} ${values.get(way)}`, 'way'), [
          ['if', word(`${on} == "${values.get(way)}"`)],
          ['then', { items }],
        ]),
      ),
    ];
  }

  function loop(at: number, items: readonly Item[]): readonly Item[] {
    const node = graph.nodes[at];
    if (node?.kind !== 'step' || items.length === 0) return [];
    const { id: name } = node.step;
    writing.named(node.step);
    const id = names.take(`${name} over what`, 'over_what');
    const title = inertOr(name, 'A loop', 160);
    return [
      item([...commentsOf(node), writing.placeOf(node.step)], id, [
        ['title', title],
        ['action', word(tools.items(name))],
      ]),
      item(['How many items there may be is not read from the original.'], names.take(`${name} each`, 'each'), [
        ['title', title],
        [
          'for-each',
          map([
            ['item', word(names.take('item', 'item'))],
            ['in', word(`steps.${id}.output.items`)],
            ['max', MOST_ITEMS],
          ]),
        ],
        ['steps', { items }],
      ]),
    ];
  }

  function fork(at: number, branches: readonly (readonly Planned[])[]): readonly Item[] {
    const written = branches.map(all).filter((items) => items.length > 0);
    const node = graph.nodes[at];
    return sideBySide(written, node ? commentsOf(node) : []);
  }

  function sideBySide(branches: readonly (readonly Item[])[], comments: readonly string[]): readonly Item[] {
    const [first, ...others] = branches;
    if (!first) return [];
    if (others.length === 0) return first;
    // As many as a parallel step may have.
    const most = 20;
    const shown = branches.length <= most ? branches : branches.slice(0, most - 1);
    const rest = branches.slice(shown.length);
    const entries = shown.map((items, index): Entry => [`branch_${index + 1}`, { items }]);
    if (rest.length > 0) entries.push(['more', { items: sideBySide(rest, []) }]);
    return [
      item(comments, names.take('side by side', 'side_by_side'), [
        ['parallel', word('all')],
        ['branches', map(entries)],
      ]),
    ];
  }

  function gate({ node: at, reader, yes, no }: Extract<Planned, { kind: 'gate' }>): readonly Item[] {
    const node = graph.nodes[at];
    if (node?.kind !== 'step') return [];
    const { step } = node;
    const does = step.does.kind === 'ask' ? step.does : undefined;
    const behind = reader === undefined ? undefined : graph.nodes[reader];
    const refused = all(no);
    if (behind?.kind === 'step') writing.named(behind.step);
    writing.origin(idOf(step), step);
    return [
      item(
        [
          ...commentsOf(node),
          ...askedComments(does?.who ?? []),
          writing.placeOf(step),
          ...(behind?.kind === 'step' ? [`${inert(behind.step.id, 120)}: ${writing.placeOf(behind.step)}`] : []),
          `Its yes: ${inert(wordsOf(yes), 120)}`,
        ],
        idOf(step),
        [
          ['title', inertOr(step.id, 'A question', 160)],
          [
            'gate',
            map([
              ['ask', inertOr(does?.question ?? '', step.id || 'A question without a text')],
              ['grants', list((grants.get(step) ?? []).map((one) => word(idOf(one))))],
              [
                'approvers',
                map([
                  ['roles', list([word(writing.roleOf(does?.who ?? []))])],
                  ['quorum', 2],
                ]),
              ],
              ['timeout', word(durationOf(does?.expires ?? null))],
            ]),
          ],
          ...(refused.length > 0 ? [['on-reject', { items: refused }] as const] : []),
        ],
      ),
    ];
  }
}
