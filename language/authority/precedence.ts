import { childLists, type Handler, type Playbook, type Step } from '../model/playbook.js';

/** One of the lists a step stands in, and where in it. */
export interface Level {
  readonly list: readonly Step[];
  readonly index: number;
  /** The step the list belongs to; `undefined` for the playbook's own. */
  readonly owner: Step | undefined;
}

/** Where every step stands: the lists around it, outermost first. */
export type Places = ReadonlyMap<Step, readonly Level[]>;

/**
 * How two steps are ordered by the text alone.
 * `before`: the first can run before the second, in one pass through the loops around both.
 * `later`: only after it, if at all. `inside`: the second runs while the first is still running.
 * `exclusive`: in branches of one decision, of which one runs. `apart`: in branches that run side by side.
 * `ended`: every path from the first ends the run before it gets to the second. `same`: they are one step.
 */
export type Order = 'before' | 'later' | 'inside' | 'exclusive' | 'apart' | 'ended' | 'same';

export function placesOf(playbook: Pick<Playbook, 'steps'>): Places {
  const places = new Map<Step, readonly Level[]>();
  const visit = (list: readonly Step[], owner: Step | undefined, outer: readonly Level[]): void => {
    for (const [index, step] of list.entries()) {
      const levels = [...outer, { list, index, owner }];
      places.set(step, levels);
      for (const child of childLists(step)) visit(child.steps, step, levels);
    }
  };
  visit(playbook.steps, undefined, []);
  return places;
}

/** The steps around a step, outermost first. */
export function around(places: Places, step: Step): readonly Step[] {
  return (places.get(step) ?? []).flatMap(({ owner }) => (owner ? [owner] : []));
}

/** Whether a list is what a step does after a failure, a refusal or silence; and how that ends. */
export function handlerOf(owner: Step | undefined, list: readonly Step[]): Handler | undefined {
  if (!owner) return undefined;
  const handlers = owner.kind === 'gate' ? [owner.onError, owner.onReject, owner.onTimeout] : [owner.onError];
  return handlers.find((handler) => handler.steps === list && list.length > 0);
}

/** How `first` stands to `second`. */
export function orderOf(places: Places, first: Step, second: Step): Order {
  if (first === second) return 'same';
  const one = places.get(first) ?? [];
  const other = places.get(second) ?? [];
  const at = divergence(one, other);
  const here = one[at];
  const there = other[at];
  if (!here && !there) return 'same';
  // The second is in a list of the first. A handler runs once the first is over; anything else while it runs.
  if (!here) return handlerOf(first, there?.list ?? []) ? 'before' : 'inside';
  if (!there) return 'later';
  if (here.list !== there.list) {
    const branches = here.owner?.kind === 'parallel' ? here.owner.branches.map((branch) => branch.steps) : [];
    return branches.includes(here.list) && branches.includes(there.list) ? 'apart' : 'exclusive';
  }
  if (here.index > there.index) return 'later';
  if (!goesOn(first)) return 'ended';
  for (const level of one.slice(at + 1)) {
    if (!allGoOn(level.list, level.index + 1, level.list.length)) return 'ended';
    if (handlerOf(level.owner, level.list)?.then === 'stop') return 'ended';
  }
  return allGoOn(here.list, here.index + 1, there.index) ? 'before' : 'ended';
}

/**
 * What keeps the result of a step that ran from being read at another (`undefined`: the end of the run): the loop whose
 * body it is in, or the `parallel: any` of which it is a branch, which may have gone on without it.
 */
export function hiddenBy(places: Places, producer: Step, reader: Step | undefined): Step | undefined {
  const one = places.get(producer) ?? [];
  const other = reader ? (places.get(reader) ?? []) : [];
  return one
    .slice(divergence(one, other) + 1)
    .map(({ owner, list }) => (handlerOf(owner, list) ? undefined : owner))
    .find((owner) => owner?.kind === 'for-each' || (owner?.kind === 'parallel' && owner.join.value === 'any'));
}

/** The first level at which two places differ. */
function divergence(one: readonly Level[], other: readonly Level[]): number {
  const at = one.findIndex((level, index) => level.list !== other[index]?.list || level.index !== other[index]?.index);
  return at < 0 ? one.length : at;
}

/** Of each list, how many of its steps before an index the run cannot go on behind: steps are asked for often. */
const ENDS = new WeakMap<readonly Step[], readonly number[]>();

/** Whether the run can go on behind every step of a part of a list. */
function allGoOn(list: readonly Step[], from: number, to: number): boolean {
  let ends = ENDS.get(list);
  if (!ends) {
    let count = 0;
    ends = [0, ...list.map((step) => (goesOn(step) ? count : ++count))];
    ENDS.set(list, ends);
  }
  return from >= to || ends[to] === ends[from];
}

function goOn(list: readonly Step[]): boolean {
  return allGoOn(list, 0, list.length);
}

/** Whether the run can go on behind a step. Branches are taken to be free: a condition that is never true still counts. */
export function goesOn(step: Step): boolean {
  if (step.when) return true;
  if (step.onError.then === 'continue' && goOn(step.onError.steps)) return true;
  switch (step.kind) {
    case 'stop':
      return false;
    case 'if':
      return goOn(step.then) || goOn(step.else);
    case 'switch':
      // Without a default the step fails where nothing matches.
      return step.cases.some((branch) => goOn(branch.steps)) || (step.default !== undefined && goOn(step.default));
    case 'parallel': {
      const branches = step.branches.map((branch) => goOn(branch.steps));
      return step.join.value === 'all' ? branches.every(Boolean) : branches.some(Boolean);
    }
    default:
      return true;
  }
}

/** Whether a step, by what it decides, can end the run on purpose: a `stop` is somewhere in it. */
export function mayEnd(step: Step): boolean {
  if (step.kind === 'stop') return true;
  return childLists(step).some(({ steps }) => !handlerOf(step, steps) && steps.some(mayEnd));
}
