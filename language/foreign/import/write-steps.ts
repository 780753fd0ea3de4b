import { once } from '../../once.js';
import type { ForeignStep } from '../model.js';
import { type FlowNode, isFailure, type Way, waysTo } from './graph.js';
import { namesOf } from './names.js';
import type { Planned, PlannedBranch } from './planned.js';
import { askedComments, durationOf, handlerEntries, labelComments, valuesOf, wordsOf } from './step-entries.js';
import { bodyOf, type FileOfSteps, item, type Writing } from './write-doing.js';
import { type Entry, type Item, inert, inertOr, list, map, word } from './yaml-text.js';

/** Of a list that the original goes over: as many as a loop with acts may have before that is reported. */
const MOST_ITEMS = 50;

/** Writes a list of steps of one file. */
export function writeItems(steps: readonly Planned[], writing: Writing): readonly Item[] {
  const { graph, grants, tools } = writing;
  const names = namesOf('_', 56);
  const ids = new Map<ForeignStep, string>();
  /** Of a question that is asked with answers: how they are named. */
  const answersOf = new Map<number, ReadonlyMap<Way, string>>();
  /** Where several ways lead back alike, what comes before that is named once. */
  const wentBack = new Set<number>();
  const gated = new Set([...grants.values()].flat());
  const leading = once(() => waysTo(graph));

  const file: FileOfSteps = { writing, names, idOf, answersOf, gated };

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
      case 'due': {
        const [name = 'several steps'] = planned.nodes.flatMap((at) => {
          const node = graph.nodes[at];
          return node?.kind === 'step' || node?.kind === 'again' ? [node.step.id] : [];
        });
        const items = all(planned.steps);
        const not = all(planned.not);
        if (items.length === 0 && not.length === 0) return [];
        const id = names.take(`${name} is due`, 'is_due');
        return [
          item(planned.nodes.flatMap(leadingTo), id, dueEntries(name)),
          item([], names.take(`${name} if due`, 'if_due'), [
            ['if', word(`steps.${id}.output.due${items.length === 0 ? ' == false' : ''}`)],
            ['then', { items: items.length === 0 ? not : items }],
            ...(items.length > 0 && not.length > 0 ? [['else', { items: not }] as const] : []),
          ]),
        ];
      }
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

  function idOf(step: ForeignStep): string {
    const known = ids.get(step);
    if (known !== undefined) return known;
    const id = names.take(step.id, 'step');
    ids.set(step, id);
    return id;
  }

  function commentsOf(node: FlowNode): readonly string[] {
    for (const step of node.passed) writing.named(step);
    return node.passed.filter(({ part }) => !part).flatMap((step) => [inert(step.id, 120), ...goesOver(step)]);
  }

  function doing({ node: at, failed, due }: Extract<Planned, { kind: 'do' }>): readonly Item[] {
    const node = graph.nodes[at];
    if (node?.kind !== 'step') return [];
    if (due) return whenDue(at, node);
    const handler = failed ? handlerEntries(all(failed.steps), failed.then) : [];
    const written = bodyOf(file, at, node, handler);
    const [first, ...rest] = written;
    if (!first) return [];
    writing.origin(idOf(node.step), node.step);
    return [{ ...first, comments: [...commentsOf(node), ...first.comments, writing.placeOf(node.step)] }, ...rest];
  }

  /** What of the original leads to a node, for whoever writes down when it does. */
  function leadingTo(to: number): readonly string[] {
    return (leading().get(to) ?? []).map(({ step, way: { label, kind, when } }) => {
      const answer = label === '' && isFailure(kind) ? kind : inert(label, 60);
      const name = `"${inert(step.id, 120)}"${answer === '' ? '' : ` (${answer})`}`;
      return `It is come to from ${name}${when === undefined ? '' : `, if ${inert(when)}`}`;
    });
  }

  function dueEntries(name: string): readonly Entry[] {
    return [
      ['title', `Does the original come to "${inert(name, 120)}"?`],
      ['action', word(tools.due(name))],
    ];
  }

  /** A step of a list in which each asks whether the original comes to it. */
  function whenDue(at: number, node: Extract<FlowNode, { kind: 'step' }>): readonly Item[] {
    const { step } = node;
    const items = bodyOf(file, at, node, [['on-error', word('continue')]]);
    if (items.length === 0 || step.does.kind === 'flow') return [];
    const id = names.take(`${step.id} is due`, 'is_due');
    writing.origin(idOf(step), step);
    const asked = item([...commentsOf(node), writing.placeOf(step), ...leadingTo(at)], id, dueEntries(step.id));
    const guard: Entry = ['when', word(`steps.${id}.output.due`)];
    return [
      asked,
      ...items.map(({ comments, entries: [first, ...rest] }) => ({
        comments,
        entries: first ? [first, guard, ...rest] : rest,
      })),
    ];
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
      item([...commentsOf(node), writing.placeOf(node.step), ...goesOver(node.step)], id, [
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
          `Its yes: ${inert(wordsOf(yes), 120)}${yes.when === undefined ? '' : `, if ${inert(yes.when)}`}`,
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

/** What the original says of the list that a step goes over. */
function goesOver({ does }: ForeignStep): readonly string[] {
  return does.kind === 'flow' && does.over !== undefined ? [`It goes over: ${inert(does.over)}`] : [];
}
