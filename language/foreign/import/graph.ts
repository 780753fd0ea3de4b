import type { EdgeKind } from '../../authority/graph.js';
import type { ForeignEdge, ForeignPlaybook, ForeignStep, PersonOnEdge } from '../model.js';
import { withGuards } from './guards.js';

/** A way out of a step: one of those of which a run takes one. */
export interface Way {
  /** What the product writes at it; empty for one that has no name. */
  readonly label: string;
  readonly kind: EdgeKind;
  readonly person: PersonOnEdge | undefined;
  /** What has to hold for it, as the product writes it. */
  readonly when: string | undefined;
  /** A node. */
  readonly to: number;
}

/**
 * What a step of ours is made of. `step`: a step of the original; `round`: of one that goes over the items of a list, where the steps for
 * an item end. `fork`: several things that all begin. `again`: the original goes back here to a step that it came by.
 */
export type FlowNode = {
  /** Steps that only lead on, before this one. */
  readonly passed: readonly ForeignStep[];
  /** The nodes it leads to, each once for each way there. */
  readonly next: readonly number[];
} & (
  | {
      readonly kind: 'step';
      readonly step: ForeignStep;
      readonly ways: readonly Way[];
      /** Whether it goes over a list, and where what it does for an item comes back to it. */
      readonly loops: boolean;
      readonly round: number | undefined;
    }
  | { readonly kind: 'fork' }
  | { readonly kind: 'again'; readonly step: ForeignStep }
  | { readonly kind: 'end' }
);

/** The steps of a playbook that a run can come to, without circles. */
export interface FlowGraph {
  readonly nodes: readonly FlowNode[];
  readonly start: number;
  readonly end: number;
}

type Target = { readonly kind: 'node'; readonly index: number } | { readonly kind: 'end' };

/**
 * The graph of a playbook as it is written down in ours: alternatives are ways, what begins together is a fork, what leads back is cut,
 * and steps that only lead on are left out. Everything a path leads to is in it.
 */
export function flowGraph(playbook: Pick<ForeignPlaybook, 'steps'>): FlowGraph {
  const guarded = withGuards(playbook.steps);
  const steps = guarded.map(({ step }) => step);
  const every = guarded.map(({ edges }) => groupsOf(edges));
  const back = backEdges(every);
  const ledBack = new Set([...back].map((edge) => Number(edge.slice(edge.indexOf(' ') + 1))));
  const isLoop = (at: number): boolean =>
    ledBack.has(at) && steps[at]?.does.kind === 'flow' && (every[at] ?? []).some(({ kind }) => kind === 'item');
  const isNextItem = (from: number, { kind, targets }: Group): boolean =>
    kind === 'item' && targets.every((to) => to.kind === 'node' && back.has(`${from} ${to.index}`) && isLoop(to.index));
  // That there is a next item is said where the loop begins.
  const grouped = every.map((groups, at) => groups.filter((group) => !isNextItem(at, group)));
  const nodes: MutableNode[] = [];
  const indexOf = new Map<number, number>();
  const end = 0;
  nodes.push({ kind: 'end', passed: [], next: [] });
  const add = (node: MutableNode): number => nodes.push(node) - 1;

  /** Where a way ends up once steps that only lead on are left out. */
  function settle(from: number, target: Target): { readonly to: number; readonly passed: readonly ForeignStep[] } {
    const passed: ForeignStep[] = [];
    let here = target;
    let before = from;
    while (here.kind === 'node') {
      const step = steps[here.index];
      if (!step) break;
      if (back.has(`${before} ${here.index}`)) {
        const to = againAt(isLoop(here.index) ? `${here.index}` : `${before} ${here.index}`, step);
        const head = isLoop(here.index) ? nodes[nodeOf(here.index)] : undefined;
        if (head?.kind === 'step') head.round = to;
        return { to, passed };
      }
      const groups = grouped[here.index] ?? [];
      const only = groups[0]?.targets[0];
      // Where the steps for an item end is where a loop ends, and has to be there.
      const endsLoop = groups.length < (every[here.index]?.length ?? 0);
      const leadsOn =
        !endsLoop && step.does.kind === 'flow' && groups.length <= 1 && (groups[0]?.targets.length ?? 0) <= 1;
      if (!leadsOn) return { to: nodeOf(here.index), passed };
      passed.push(step);
      before = here.index;
      here = only ?? { kind: 'end' };
    }
    return { to: end, passed };
  }

  const agains = new Map<string, number>();
  function againAt(key: string, step: ForeignStep): number {
    const to = agains.get(key) ?? add({ kind: 'again', step, passed: [], next: [end] });
    agains.set(key, to);
    return to;
  }

  const queue: number[] = [];
  function nodeOf(index: number): number {
    const known = indexOf.get(index);
    if (known !== undefined) return known;
    const step = steps[index];
    if (!step) return end;
    const at = add({ kind: 'step', step, ways: [], loops: isLoop(index), round: undefined, passed: [], next: [] });
    indexOf.set(index, at);
    queue.push(index);
    return at;
  }
  function arrive(from: number, target: Target): number {
    const { to, passed } = settle(from, target);
    const node = nodes[to];
    if (node) node.passed = [...new Set([...node.passed, ...passed])];
    return to;
  }

  const start = arrive(0, { kind: 'node', index: 0 });
  for (const index of queue) {
    const at = indexOf.get(index);
    const node = at === undefined ? undefined : nodes[at];
    if (node?.kind !== 'step') continue;
    const ways: Way[] = [];
    for (const { label, kind, person, when, targets } of grouped[index] ?? []) {
      const reached = [...new Set(targets.map((target) => arrive(index, target)))];
      const [first = end] = reached;
      const to = reached.length > 1 ? add({ kind: 'fork', passed: [], next: reached }) : first;
      // Ways that come to the same need no telling apart.
      const same = ways.findIndex((one) => one.to === to && isFailure(one.kind) === isFailure(kind));
      const known = ways[same];
      if (known)
        ways[same] = {
          ...known,
          label: known.label === '' || label === '' ? '' : `${known.label}, ${label}`,
          person: undefined,
          when: known.when === undefined || when === undefined ? undefined : `${known.when}, or ${when}`,
        };
      else ways.push({ label, kind, person, when, to });
    }
    node.ways = ways;
    // Where nothing leads on from what went right, the run ends.
    const goesOn = ways.some((way) => !isFailure(way.kind));
    node.next = [...ways.map(({ to }) => to), ...(goesOn ? [] : [end])];
  }
  return { nodes, start, end };
}

/** By the node it leads to, through forks, each way and the step it is of. */
export function waysTo({
  nodes,
}: FlowGraph): ReadonlyMap<number, readonly { readonly step: ForeignStep; readonly way: Way }[]> {
  const ways = new Map<number, { readonly step: ForeignStep; readonly way: Way }[]>();
  for (const node of nodes) {
    if (node.kind !== 'step') continue;
    for (const way of node.ways) {
      const target = nodes[way.to];
      for (const to of target?.kind === 'fork' ? target.next : [way.to]) {
        const known = ways.get(to);
        if (known) known.push({ step: node.step, way });
        else ways.set(to, [{ step: node.step, way }]);
      }
    }
  }
  return ways;
}

type MutableNode =
  | {
      kind: 'step';
      step: ForeignStep;
      ways: readonly Way[];
      loops: boolean;
      round: number | undefined;
      passed: readonly ForeignStep[];
      next: readonly number[];
    }
  | { kind: 'fork'; passed: readonly ForeignStep[]; next: readonly number[] }
  | { kind: 'again'; step: ForeignStep; passed: readonly ForeignStep[]; next: readonly number[] }
  | { kind: 'end'; passed: readonly ForeignStep[]; next: readonly number[] };

/** Edges of which a run takes one: all of a kind, a label and a condition; and those that are taken whatever becomes of the others. */
interface Group {
  readonly label: string;
  readonly kind: EdgeKind;
  readonly person: PersonOnEdge | undefined;
  readonly when: string | undefined;
  readonly targets: readonly Target[];
}

function groupsOf(edges: readonly ForeignEdge[]): readonly Group[] {
  const groups = new Map<
    string,
    { label: string; kind: EdgeKind; person: PersonOnEdge | undefined; when: string | undefined; targets: Target[] }
  >();
  for (const { to, kind, branch, person, when, alone } of edges) {
    const key = alone ? `alone ${isFailure(kind) ? kind : ''}` : `${kind} ${JSON.stringify([branch, when])}`;
    const target: Target = to === 'end' ? { kind: 'end' } : { kind: 'node', index: to };
    const known = groups.get(key);
    if (!known) groups.set(key, { label: alone ? '' : (branch ?? ''), kind, person, when, targets: [target] });
    else if (!known.targets.some((one) => isSame(one, target))) known.targets.push(target);
  }
  return [...groups.values()];
}

function isSame(a: Target, b: Target): boolean {
  return a.kind === 'node' ? b.kind === 'node' && a.index === b.index : b.kind === 'end';
}

/** Whether a way is taken when a step did not do what it is for. */
export function isFailure(kind: EdgeKind): boolean {
  return kind === 'failed' || kind === 'timed-out' || kind === 'overrun';
}

/** The edges that lead back to a step on the way to them, as `from to`. */
function backEdges(grouped: readonly (readonly Group[])[]): ReadonlySet<string> {
  const back = new Set<string>();
  const state = new Uint8Array(grouped.length);
  const targetsOf = (at: number): readonly number[] =>
    (grouped[at] ?? []).flatMap(({ targets }) => targets.flatMap((one) => (one.kind === 'node' ? [one.index] : [])));
  const stack: { readonly at: number; readonly targets: readonly number[]; next: number }[] = [];
  const enter = (at: number): void => {
    state[at] = 1;
    stack.push({ at, targets: targetsOf(at), next: 0 });
  };
  if (grouped.length > 0) enter(0);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const to = top.targets[top.next++];
    if (to === undefined) {
      state[top.at] = 2;
      stack.pop();
    } else if (state[to] === 1) back.add(`${top.at} ${to}`);
    else if (state[to] === 0) enter(to);
  }
  return back;
}
