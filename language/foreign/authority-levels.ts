import type { ForeignEdge, ForeignPlaybook, PersonOnEdge } from './model.js';

/**
 * How much of a person a path has. 0: nobody. 1: somebody, but nothing they said made the difference: a task that is only
 * ticked off, an answer nothing reads, a refusal the playbook goes on from. 2: the last answer on the path was a yes.
 */
export type PersonLevel = 0 | 1 | 2;

/** A step of a path, and the edge it is left by. */
export interface ForeignPathStep {
  readonly step: number;
  readonly edge: ForeignEdge;
}

/** An edge that led somewhere, with the level that the step it leaves had then. */
interface Came extends ForeignPathStep {
  readonly had: PersonLevel;
}

/** The level that comes by an edge. */
interface Brought {
  readonly level: PersonLevel;
  readonly came: Came;
}

/** A step at a level, in one number. */
function stateOf(step: number, level: PersonLevel): number {
  return step * 3 + level;
}

/** What is known at each step of a playbook before it runs. */
export interface LevelsOf {
  /** On the worst path that leads there; `undefined` where none does. By index of steps; the last is the end of a run. */
  readonly at: readonly (PersonLevel | undefined)[];
  /** A path on which the level is what `at` says; as short as any of those that show it. */
  pathTo(step: number): readonly ForeignPathStep[];
  /** What that path last says of a person, or with `yes` the last yes on it; `undefined` where it says nothing. */
  lastOn(step: number, yes: boolean): PersonOnEdge | undefined;
}

/**
 * The worst level on any path to each step. Paths are those of the edges: a path counts even if its conditions exclude each
 * other. A step that waits for all before it has what the best of them has, any other what the worst has. One that waits for
 * something that never comes is taken to wait for none: it counts as reached rather than as harmless.
 *
 * @param entry what a run starts with: of a called playbook, what the call has
 * @param throughCall what a call leaves a path with that comes to it with a level
 */
export function levelsOf(
  { steps }: Pick<ForeignPlaybook, 'steps'>,
  entry: PersonLevel,
  throughCall: (step: number, level: PersonLevel) => PersonLevel,
): LevelsOf {
  const end = steps.length;
  const at: (PersonLevel | undefined)[] = new Array(end + 1).fill(undefined);
  /**
   * How each step first came to each level it had, by `stateOf`. Not by step alone: round a circle a step may come to a level by way of
   * itself, with another.
   */
  const by = new Map<number, Came>();
  const sources = sourcesOf(steps);
  /** Of a step that waits for all: the worst that each step before it brings, by its index. */
  const brought = new Map<number, Map<number, Brought>>();
  at[0] = entry;
  // Levels only fall, and a queue keeps the first path to each the shortest of its level.
  const queue = [0];
  let next = 0;
  do {
    for (; next < queue.length; next++) follow(queue[next] ?? 0);
    for (const [to, known] of brought) {
      if (at[to] !== undefined) continue;
      const worst = [...known.values()].reduce((one, other) => (other.level < one.level ? other : one));
      settle(to, worst.level, worst.came);
      break;
    }
  } while (next < queue.length);

  function follow(from: number): void {
    const level = at[from];
    const step = steps[from];
    if (level === undefined || !step) return;
    const passed = step.does.kind === 'call' ? throughCall(from, level) : level;
    for (const edge of step.edges) {
      const to = edge.to === 'end' ? end : edge.to;
      const arriving = applied(passed, step.id, edge.person);
      const came = { step: from, edge, had: level };
      if (steps[to]?.join === 'all') join(to, arriving, came);
      else settle(to, arriving, came);
    }
  }

  function join(to: number, level: PersonLevel, came: Came): void {
    const known = brought.get(to) ?? new Map<number, Brought>();
    brought.set(to, known);
    const before = known.get(came.step);
    if (before && before.level <= level) return;
    known.set(came.step, { level, came });
    if (known.size < (sources.get(to)?.size ?? 0)) return;
    const best = [...known.values()].reduce((one, other) => (other.level > one.level ? other : one));
    settle(to, best.level, best.came);
  }

  function settle(to: number, level: PersonLevel, came: Came): void {
    const known = at[to];
    if (known !== undefined && known <= level) return;
    at[to] = level;
    by.set(stateOf(to, level), came);
    queue.push(to);
  }

  const stateAt = (step: number): number | undefined => {
    const level = at[step];
    return level === undefined ? undefined : stateOf(step, level);
  };
  const kept = { yes: new Map<number, PersonOnEdge | undefined>(), any: new Map<number, PersonOnEdge | undefined>() };
  return {
    at,
    lastOn(step, yes) {
      const known = yes ? kept.yes : kept.any;
      const passed: number[] = [];
      let found: PersonOnEdge | undefined;
      for (let state = stateAt(step); state !== undefined; ) {
        if (known.has(state)) {
          found = known.get(state);
          break;
        }
        passed.push(state);
        const came = by.get(state);
        if (!came) break;
        const { person } = came.edge;
        if (person && (!yes || person.says === 'approves')) {
          found = person;
          break;
        }
        state = stateOf(came.step, came.had);
      }
      for (const one of passed) known.set(one, found);
      return found;
    },
    pathTo(step) {
      const path: ForeignPathStep[] = [];
      const state = stateAt(step);
      let came = state === undefined ? undefined : by.get(state);
      for (; came; came = by.get(stateOf(came.step, came.had))) if (came.step !== 0) path.push(came);
      return path.reverse();
    },
  };
}

/**
 * What an edge makes of a level. A refusal takes back what was said before: the last word was no. Where it is read later on, it
 * may also be that nobody said anything, so there it adds nobody.
 */
function applied(level: PersonLevel, from: string, person: PersonOnEdge | undefined): PersonLevel {
  switch (person?.says) {
    case undefined:
      return level;
    case 'approves':
      return 2;
    case 'refuses':
      return person.asked === from || level === 2 ? 1 : level;
    case 'someone':
      return level === 0 ? 1 : level;
  }
}

/** The steps that lead to each. */
function sourcesOf(steps: ForeignPlaybook['steps']): ReadonlyMap<number, ReadonlySet<number>> {
  const sources = new Map<number, Set<number>>();
  for (const [from, { edges }] of steps.entries()) {
    for (const { to } of edges) {
      if (to === 'end') continue;
      const known = sources.get(to);
      if (known) known.add(from);
      else sources.set(to, new Set([from]));
    }
  }
  return sources;
}
