import { childLists, type Handler, type Playbook, type Step } from '../model/playbook.js';

/** One of the lists a step stands in, and where in it. */
export interface Level {
  readonly list: readonly Step[];
  readonly index: number;
  /** The step the list belongs to; `undefined` for the playbook's own. */
  readonly owner: Step | undefined;
}

/** Where every step stands, and what can be told of its lists. */
export interface Places {
  /** The lists around each step, outermost first. */
  readonly levelsOf: ReadonlyMap<Step, readonly Level[]>;
  /** Of each list, how many of its steps before an index the run cannot go on behind; one entry more than steps. */
  readonly endsIn: ReadonlyMap<readonly Step[], readonly number[]>;
}

/**
 * How two steps are ordered by the text alone.
 * `before`: the first can run before the second, in one pass through the loops around both.
 * `later`: only after it, if at all. `inside`: the second runs while the first is still running.
 * `exclusive`: in branches of one decision, of which one runs. `apart`: in branches that run side by side.
 * `ended`: every path from the first ends the run before it gets to the second. `same`: they are one step.
 */
export type Order = 'before' | 'later' | 'inside' | 'exclusive' | 'apart' | 'ended' | 'same';

export function placesOf(playbook: Pick<Playbook, 'steps'>): Places {
  const levelsOf = new Map<Step, readonly Level[]>();
  const endsIn = new Map<readonly Step[], readonly number[]>();
  const visit = (list: readonly Step[], owner: Step | undefined, outer: readonly Level[]): void => {
    const ends = [0];
    let count = 0;
    for (const [index, step] of list.entries()) {
      const levels = [...outer, { list, index, owner }];
      levelsOf.set(step, levels);
      for (const child of childLists(step)) visit(child.steps, step, levels);
      if (!goesOn(step, endsIn)) count++;
      ends.push(count);
    }
    endsIn.set(list, ends);
  };
  visit(playbook.steps, undefined, []);
  return { levelsOf, endsIn };
}

/** The lists around a step, outermost first. */
export function levelsOf(places: Places, step: Step): readonly Level[] {
  return places.levelsOf.get(step) ?? [];
}

/** The steps around a step, outermost first. */
export function around(places: Places, step: Step): readonly Step[] {
  return levelsOf(places, step).flatMap(({ owner }) => (owner ? [owner] : []));
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
  const one = levelsOf(places, first);
  const other = levelsOf(places, second);
  const at = divergence(one, other);
  const here = one[at];
  const there = other[at];
  if (!here && !there) return 'same';
  // The second is in a list of the first. A handler runs once the first is over; anything else while it runs.
  if (!here) return handlerOf(first, there?.list ?? []) ? 'before' : 'inside';
  if (!there) return 'later';
  if (here.list !== there.list) {
    const { owner } = here;
    const isHandler = handlerOf(owner, here.list) ?? handlerOf(owner, there.list);
    return owner?.kind === 'parallel' && !isHandler ? 'apart' : 'exclusive';
  }
  if (here.index > there.index) return 'later';
  const last = one.at(-1) ?? here;
  const { endsIn } = places;
  if (!allGoOn(endsIn, last.list, last.index, last.index + 1)) return 'ended';
  for (const level of one.slice(at + 1)) {
    if (!allGoOn(endsIn, level.list, level.index + 1, level.list.length)) return 'ended';
    if (handlerOf(level.owner, level.list)?.then === 'stop') return 'ended';
  }
  return allGoOn(endsIn, here.list, here.index + 1, there.index) ? 'before' : 'ended';
}

/**
 * What keeps the result of a step that ran from being read at another (`undefined`: the end of the run): the loop whose
 * body it is in, or the `parallel: any` of which it is a branch, which may have gone on without it.
 */
export function hiddenBy(places: Places, producer: Step, reader: Step | undefined): Step | undefined {
  const one = levelsOf(places, producer);
  const other = reader ? levelsOf(places, reader) : [];
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

/** Whether the run can go on behind every step of a part of a list. */
function allGoOn(endsIn: Places['endsIn'], list: readonly Step[], from: number, to: number): boolean {
  const ends = endsIn.get(list);
  return from >= to || ends?.[to] === ends?.[from];
}

/** Whether the run can go on behind a step. Branches are taken to be free: a condition that is never true still counts. */
function goesOn(step: Step, endsIn: Places['endsIn']): boolean {
  const goOn = (list: readonly Step[]): boolean => allGoOn(endsIn, list, 0, list.length);
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
