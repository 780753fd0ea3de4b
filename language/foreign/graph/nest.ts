import { type Dominators, dominatorsOf } from '../dominators.js';
import type { ForeignEdge, ForeignPlaybook, ForeignStep } from '../model.js';

/**
 * The steps of a graph as lists in lists, which is how graphs are drawn here. A step stands in a lane of another where that one is on every
 * way to it and one of its ways leads nowhere else; what several ways come together at stands below the step they part at. Ways that a
 * picture of lists cannot have are told in words.
 */
export interface Nested {
  readonly top: readonly number[];
  /** By index of steps. */
  readonly lanes: ReadonlyMap<number, readonly NestedLane[]>;
  /** Whether the way on from a step leads to what is drawn below it. */
  readonly goesOn: ReadonlySet<number>;
  /** Steps whose only way on is to another place than the one below: where to. */
  readonly jumps: ReadonlyMap<number, number | 'end'>;
  /** The steps that lead to a step from another place than from above. */
  readonly comesFrom: ReadonlyMap<number, readonly number[]>;
}

export interface NestedLane {
  readonly name: string;
  readonly kind: 'branch' | 'body' | 'handler' | 'straight';
  readonly steps: readonly number[];
  readonly end: 'goes-on' | 'repeats' | 'ends' | 'closed' | 'elsewhere';
  readonly to: number | undefined;
}

type Way = Pick<ForeignEdge, 'to' | 'kind' | 'branch'>;

/** Lists in lists, so deep and no deeper: what lies deeper stands below. */
const DEEPEST = 8;

interface Lane {
  readonly name: string;
  readonly kind: NestedLane['kind'];
  readonly way: Way;
  /** The step its list begins with; `undefined`: it has none, or its target stands elsewhere. */
  readonly first: number | undefined;
}

export function nest({ steps }: Pick<ForeignPlaybook, 'steps'>): Nested {
  const ways = steps.map(waysOf);
  const roots = rootsOf(steps, ways);
  // One more node before all, so that what no way leads to is drawn as well.
  const out = [
    roots.map((root) => root + 1),
    ...ways.map((own) => own.flatMap(({ to }) => (to === 'end' ? [] : [to + 1]))),
  ];
  const tree = dominatorsOf({ count: steps.length + 1, start: 0, out });
  const plan = planOf(steps, ways, tree);

  // Lists, each flat, from the outside in.
  const listOf = new Map<number, readonly number[]>();
  const flat = (first: readonly number[]): readonly number[] => {
    const list: number[] = [];
    const stack = [...first].reverse();
    for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
      list.push(one);
      stack.push(...[...(plan.below.get(one) ?? [])].reverse());
    }
    return list;
  };
  const top = flat(plan.below.get(-1) ?? []);
  const lists = [{ list: top, holder: undefined as number | undefined }];
  for (const { list } of lists) {
    for (const step of list) {
      for (const { first } of plan.lanes.get(step) ?? []) {
        if (first === undefined) continue;
        const inner = flat([first]);
        listOf.set(first, inner);
        lists.push({ list: inner, holder: step });
      }
    }
  }

  // What follows each step in the picture: below it, else below what it stands in.
  const follower = new Map<number, number | 'end'>();
  for (const { list, holder } of lists) {
    for (const [at, step] of list.entries()) {
      follower.set(step, list[at + 1] ?? (holder === undefined ? 'end' : (follower.get(holder) ?? 'end')));
    }
  }
  const holderOf = new Map<number, number | undefined>();
  for (const { list, holder } of lists) for (const step of list) holderOf.set(step, holder);

  const goesOn = new Set<number>();
  const jumps = new Map<number, number | 'end'>();
  const lanes = new Map<number, readonly NestedLane[]>();
  const drawn = new Set<string>();
  const wayDrawn = (from: number, to: number | 'end'): void => void drawn.add(`${from} ${to}`);
  // Inner lists are behind those they stand in, so from the end each step knows where its lanes lead.
  for (const { list } of [...lists].reverse()) {
    for (const step of list) {
      const own = ways[step] ?? [];
      const after = follower.get(step) ?? 'end';
      const made = plan.lanes.get(step) ?? [];
      if (made.length === 0) {
        const [only] = own;
        if (only === undefined) continue;
        if (only.to === after) {
          goesOn.add(step);
          wayDrawn(step, only.to);
        } else jumps.set(step, only.to);
        continue;
      }
      const ended = made.map((lane): NestedLane => {
        const inner = lane.first === undefined ? [] : (listOf.get(lane.first) ?? []);
        if (lane.first !== undefined) wayDrawn(step, lane.first);
        const last = inner.at(-1);
        const { end, to } = last === undefined ? endOf(lane.way.to, after, step) : endBehind(last, step);
        if (last === undefined && end === 'goes-on') wayDrawn(step, after);
        return { name: lane.name, kind: lane.kind, steps: inner, end, to };
      });
      lanes.set(step, ended);
      const continues = plan.continues.get(step);
      if (continues !== undefined && continues.to === after) {
        goesOn.add(step);
        wayDrawn(step, after);
      } else if (continues !== undefined) jumps.set(step, continues.to);
      if (ended.some(({ end }) => end === 'goes-on')) goesOn.add(step);
    }
  }

  function endOf(
    to: number | 'end',
    after: number | 'end',
    holder: number,
  ): { readonly end: NestedLane['end']; readonly to: number | undefined } {
    if (to === after) return { end: 'goes-on', to: undefined };
    if (to === 'end') return { end: 'ends', to: undefined };
    return to === holder ? { end: 'repeats', to: undefined } : { end: 'elsewhere', to };
  }
  /** What comes behind the last step of a lane. */
  function endBehind(
    last: number,
    holder: number,
  ): { readonly end: NestedLane['end']; readonly to: number | undefined } {
    if (goesOn.has(last)) return { end: 'goes-on', to: undefined };
    const to = jumps.get(last);
    if (to === undefined) return { end: lanes.has(last) ? 'closed' : 'ends', to: undefined };
    if (to !== holder && to !== 'end') return { end: 'closed', to: undefined };
    jumps.delete(last);
    if (to === holder) wayDrawn(last, holder);
    return { end: to === holder ? 'repeats' : 'ends', to: undefined };
  }

  const comesFrom = new Map<number, number[]>();
  for (const [from, own] of ways.entries()) {
    for (const { to } of own) {
      if (to === 'end' || drawn.has(`${from} ${to}`) || isInside(from, to)) continue;
      const known = comesFrom.get(to) ?? [];
      if (!known.includes(from)) comesFrom.set(to, [...known, from]);
    }
  }
  /** Whether a step stands in a lane of another, from where a way back is drawn. */
  function isInside(step: number, other: number): boolean {
    for (let at = holderOf.get(step); at !== undefined; at = holderOf.get(at)) if (at === other) return true;
    return false;
  }
  return { top, lanes, goesOn, jumps, comesFrom };
}

/** Ways out of a step, each once: who answered what makes no difference to a picture. */
function waysOf({ edges }: ForeignStep): readonly Way[] {
  const seen = new Set<string>();
  const ways = edges.filter(({ to, kind, branch }) => {
    const key = `${to} ${kind} ${branch ?? ''}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  // Being passed by is no way of its own where the step leads to the same.
  const goals = new Set(ways.flatMap(({ kind, to }) => (kind === 'skipped' ? [] : [to])));
  return ways.filter(({ kind, to }) => kind !== 'skipped' || !goals.has(to));
}

/** Where a picture begins: the start, and of what it does not lead to the first of each part. */
function rootsOf(steps: readonly ForeignStep[], ways: readonly (readonly Way[])[]): readonly number[] {
  const reached = new Set<number>();
  const reach = (from: number): void => {
    const queue = [from];
    reached.add(from);
    for (const one of queue) {
      for (const { to } of ways[one] ?? []) {
        if (to === 'end' || reached.has(to)) continue;
        reached.add(to);
        queue.push(to);
      }
    }
  };
  reach(0);
  const roots = [0];
  const entered = new Set(ways.flatMap((own) => own.map(({ to }) => to)));
  for (const first of [true, false]) {
    for (const [index] of steps.entries()) {
      if (reached.has(index) || (first && entered.has(index))) continue;
      roots.push(index);
      reach(index);
    }
  }
  return roots;
}

interface Plan {
  readonly lanes: ReadonlyMap<number, readonly Lane[]>;
  /** What stands below a step in the same list; of -1 what the picture begins with. */
  readonly below: ReadonlyMap<number, readonly number[]>;
  /** The way on of a step that has lanes and no lane for that way: behind a loop. */
  readonly continues: ReadonlyMap<number, Way>;
}

/** Which steps stand in lanes, and which below. */
function planOf(steps: readonly ForeignStep[], ways: readonly (readonly Way[])[], tree: Dominators): Plan {
  const { order, above, depth, placeOf } = tree;
  const kids = new Map<number, number[]>();
  for (const node of order.slice(1)) {
    const parent = (above[node] ?? 0) - 1;
    kids.set(parent, [...(kids.get(parent) ?? []), node - 1]);
  }
  // How many steps stand under each in the tree, and how far up ways out of those lead.
  const size: number[] = new Array(steps.length).fill(1);
  const lowest: number[] = new Array(steps.length).fill(Number.POSITIVE_INFINITY);
  const arrivals: number[] = new Array(steps.length).fill(0);
  for (const [from, own] of ways.entries()) {
    if (placeOf[from + 1] === -1) continue;
    for (const { to } of own) {
      if (to === 'end') continue;
      lowest[from] = Math.min(lowest[from] ?? 0, depth[above[to + 1] ?? 0] ?? 0);
      // A way back from what a step is on every way to does not make it a place where ways come together.
      if (!isUnder(from + 1, to + 1)) arrivals[to] = (arrivals[to] ?? 0) + 1;
    }
  }
  for (const node of [...order].reverse()) {
    const parent = above[node] ?? -1;
    if (parent <= 0) continue;
    size[parent - 1] = (size[parent - 1] ?? 0) + (size[node - 1] ?? 0);
    lowest[parent - 1] = Math.min(lowest[parent - 1] ?? 0, lowest[node - 1] ?? 0);
  }
  function isUnder(node: number, other: number): boolean {
    let at = node;
    while (at > 0 && (depth[at] ?? 0) > (depth[other] ?? 0)) at = above[at] ?? -1;
    return at === other;
  }

  const lanes = new Map<number, readonly Lane[]>();
  const below = new Map<number, readonly number[]>();
  const continues = new Map<number, Way>();
  const nesting = new Map<number, number>();
  for (const node of order) {
    const step = node - 1;
    const own = kids.get(step) ?? [];
    const level = step < 0 ? 0 : (nesting.get(step) ?? 0);
    const made = step < 0 ? undefined : lanesOf(step, own, level);
    const taken = new Set((made?.lanes ?? []).flatMap(({ first }) => (first === undefined ? [] : [first])));
    if (made && made.lanes.length > 0) lanes.set(step, made.lanes);
    if (made?.continues) continues.set(step, made.continues);
    below.set(
      step,
      own.filter((kid) => !taken.has(kid)),
    );
    for (const kid of own) nesting.set(kid, taken.has(kid) ? level + 1 : level);
  }
  return { lanes, below, continues };

  function lanesOf(
    step: number,
    own: readonly number[],
    level: number,
  ): { readonly lanes: readonly Lane[]; readonly continues: Way | undefined } {
    const all = ways[step] ?? [];
    const onward = all.filter(({ kind }) => isOnward(kind));
    const bodies = all.filter(({ kind }) => kind === 'item' || kind === 'entered');
    if (all.length < 2 && all.every(({ kind, branch }) => isOnward(kind) && branch === undefined))
      return { lanes: [], continues: undefined };
    // Behind a loop the way goes on below it, and so it does behind one that is entered and left again.
    const straight =
      onward.length === 1 && bodies.length > 0 && all.length === bodies.length + 1 ? onward[0] : undefined;
    const open = new Set(own.filter((kid) => arrivals[kid] === 1 && level < DEEPEST));
    const led = all.filter((way) => way !== straight);
    const atOnce = led.filter(isPlain);
    const made = led.map((way): Lane => {
      const { to } = way;
      const inside = to !== 'end' && open.has(to) && !(isOnward(way.kind) && onward.length === 1);
      const name = isPlain(way) && atOnce.length > 1 ? `${atOnce.indexOf(way) + 1} of ${atOnce.length}` : undefined;
      const named = name === undefined ? nameOf(way) : ({ name, kind: 'branch' } as const);
      return { ...named, way, first: inside ? to : undefined };
    });
    // As in graphs of ours: the way on, what branches off, and last what went wrong.
    const rank = ({ kind }: Lane): number => (kind === 'straight' ? 0 : kind === 'handler' ? 2 : 1);
    const ordered = made.toSorted((a, b) => rank(a) - rank(b));
    return { lanes: unfolded(ordered, own), continues: straight };
  }

  /** Where all other lanes end the run, the longest stands below, and the picture does not grow to the side with every question. */
  function unfolded(made: readonly Lane[], own: readonly number[]): readonly Lane[] {
    const held = made.filter(({ first }) => first !== undefined);
    const merges = own.some((kid) => !held.some(({ first }) => first === kid));
    if (merges || held.length === 0 || made.some(({ kind }) => kind === 'body')) return made;
    const sized = held.toSorted((a, b) => (size[b.first ?? 0] ?? 0) - (size[a.first ?? 0] ?? 0));
    const [longest] = sized;
    const endsAlone = (lane: Lane): boolean =>
      lane.first === undefined ? lane.way.to === 'end' : (lowest[lane.first] ?? 0) >= (depth[lane.first + 1] ?? 0);
    if (longest === undefined || longest.kind === 'handler') return made;
    if (!made.every((lane) => lane === longest || endsAlone(lane))) return made;
    return made.map((lane) => (lane === longest ? { ...lane, first: undefined } : lane));
  }

  function nameOf({ kind, branch }: Way): Pick<Lane, 'name' | 'kind'> {
    switch (kind) {
      case 'failed':
      case 'overrun':
        return { name: 'on-error', kind: 'handler' };
      case 'timed-out':
        return { name: 'on-timeout', kind: 'handler' };
      case 'rejected':
        return { name: 'on-reject', kind: 'handler' };
      case 'item':
        return { name: 'each item', kind: 'body' };
      case 'entered':
        return { name: 'inside', kind: 'body' };
      case 'branch':
        return { name: branch ?? 'branch', kind: 'branch' };
      case 'skipped':
        return { name: 'otherwise', kind: 'branch' };
      default:
        if (branch !== undefined) return { name: branch, kind: 'branch' };
        return { name: kind === 'approved' ? 'approved' : 'ok', kind: 'straight' };
    }
  }
}

/** Whether a way is taken whatever comes: of several of them all are. */
export function isPlain({ kind, branch }: Pick<ForeignEdge, 'kind' | 'branch'>): boolean {
  return isOnward(kind) && branch === undefined;
}

/** Whether an edge is just the way on. */
function isOnward(kind: ForeignEdge['kind']): boolean {
  return (
    kind === 'ok' ||
    kind === 'done' ||
    kind === 'joined' ||
    kind === 'begin' ||
    kind === 'approved' ||
    kind === 'stopped'
  );
}
