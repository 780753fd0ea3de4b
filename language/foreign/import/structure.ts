import { once } from '../../once.js';
import { dominatorsOf } from './dominators.js';
import { type FlowGraph, isFailure, type Way } from './graph.js';
import type { Plan, Planned } from './planned.js';
import { endsOthers, sizeOf } from './shared-parts.js';

/** How deep lists stand in each other before what is deeper becomes a part. */
const MOST_DEPTH = 7;
/** From where on it is worth an end that is written to keep lists from standing deeper. */
const DEEP = 3;

/** What a list of steps stands in. */
interface Place {
  /** Nodes that follow the list: it ends where it comes to one. */
  readonly until: ReadonlySet<number>;
  /** Where it ends as well: at what stands behind a question further on. */
  readonly later: Later | undefined;
  /** Whether an end of the original is the end of the list, too. Else it has to be written, because more follows. */
  readonly endsAlike: boolean;
  /** What such an end is, where it is written: here, or in a list that stands in this one. */
  readonly stop: 'end' | 'left';
  /** Whether it is in a branch of a fork: what ends the run there would end the other branches. */
  readonly inFork: boolean;
  /** Whether no list may end the run: in a fork, and where what follows asks whether the original comes to it. */
  readonly inBranch: boolean;
  readonly depth: number;
}

/** What ways from a node share and follows them: of these nodes, those that come after a place in the order of the graph. */
interface Later {
  readonly nodes: ReadonlySet<number>;
  readonly after: number;
  readonly outer: Later | undefined;
}

/** How many times as much a playbook may be that writes out what it calls, before nobody could review it. */
const MOST_TIMES = 1.5;

/**
 * Lists in lists that do what a graph with jumps does. What all ways from a step come to again, and only they, follows it; what some
 * ways share before that is a part, which each of them calls. So every step stands in one place, and there is as much text as there are
 * steps and edges. Where parts call parts so that there are too many ways to come to a step, what is shared follows instead, and a tool
 * tells whether the original comes to it.
 *
 * @param gate whether a question is to be a gate, where its place allows one
 * @param mostTimes how many times as many steps there may be where each call of a part is written out
 */
export function planOf(graph: FlowGraph, gate: (node: number) => boolean, mostTimes = MOST_TIMES): Plan {
  const plan = plannedWith(graph, gate, false);
  const isTooMuch = endsOthers(plan) || sizeOf(plan, graph) > mostTimes * (graph.nodes.length + 10);
  return isTooMuch ? plannedWith(graph, gate, true) : plan;
}

/** @param guarded whether what several ways share follows them behind a question, and is no part: then no list ends the run either */
function plannedWith(graph: FlowGraph, gate: (node: number) => boolean, guarded: boolean): Plan {
  const dominators = dominatorsOf(graph);
  const { nodes, end } = graph;
  const places = new Map<number, Place & { readonly falls: boolean }>();
  const waiting: number[] = [];
  /** Nodes that every path comes to by a fork. */
  const underFork = once(() => {
    const under = new Set(
      nodes.flatMap(({ kind }, node) => (kind === 'fork' ? (dominators.children[node] ?? []) : [])),
    );
    for (const node of under) for (const child of dominators.children[node] ?? []) under.add(child);
    return under;
  });

  function partAt(node: number, place: Place): void {
    if (places.has(node)) return;
    const falls = leads([node], place);
    const endsAlike = place.endsAlike || !falls;
    const { until, later, inFork, inBranch } = place;
    // Whatever calls a part that may come to its end writes down itself that the run is over, or ends with it.
    places.set(node, { until, later, endsAlike, stop: endsAlike ? 'end' : 'left', inFork, inBranch, depth: 0, falls });
    waiting.push(node);
  }

  /** What ways from a node share before what follows it: where their lists end, and what stands behind them for it. */
  function shared(
    merges: readonly number[],
    next: number | undefined,
    place: Place,
  ): { readonly inner: Place; readonly behind: () => readonly Planned[] } {
    const before = merges.filter((one) => one !== next);
    if (!guarded) {
      for (const one of before) partAt(one, place);
      return { inner: place, behind: () => [] };
    }
    const all = new Set(before);
    const upTo = (after: number): Place =>
      all.size === 0 ? place : { ...place, later: { nodes: all, after, outer: place.later } };
    return {
      inner: upTo(-1),
      behind: () =>
        before.map((one) => {
          const { steps } = listFrom(one, upTo(dominators.at[one] ?? 0));
          return { kind: 'due', nodes: [one], steps, not: [] };
        }),
    };
  }

  /** Whether a list ends where it comes to a node. */
  function endsAt(node: number, { until, later }: Place): boolean {
    if (until.has(node)) return true;
    for (let one = later; one; one = one.outer)
      if (one.nodes.has(node) && (dominators.at[node] ?? 0) > one.after) return true;
    return false;
  }

  /** Whether a path leads from one of these nodes to where a list ends, not by way of `without`. */
  function leads(from: readonly number[], place: Place, without?: number): boolean {
    if (place.until.size === 0 && !place.later) return false;
    const seen = new Set(from);
    for (const node of seen) {
      if (node === without) continue;
      if (endsAt(node, place)) return true;
      for (const to of nodes[node]?.next ?? []) seen.add(to);
    }
    return false;
  }

  /** Of each of these nodes, whether a path leads from it to the end, not through `without`. */
  function mayEnd(from: readonly number[], without: ReadonlySet<number>): readonly boolean[] {
    const seen = new Set(from);
    for (const node of seen) if (!without.has(node)) for (const to of nodes[node]?.next ?? []) seen.add(to);
    const ending = new Set<number>(seen.has(end) ? [end] : []);
    // What comes after a node is known before it.
    for (const node of [...seen].sort((a, b) => (dominators.at[b] ?? 0) - (dominators.at[a] ?? 0)))
      if (!without.has(node) && nodes[node]?.next.some((to) => ending.has(to))) ending.add(node);
    return from.map((node) => ending.has(node));
  }

  /** The steps from a node on. `falls`: whether the end of the list is ever come to. */
  function listFrom(first: number, place: Place, isPart = false): Listed {
    const steps: Planned[] = [];
    let node = first;
    for (let isFirst = true; ; isFirst = false) {
      if (endsAt(node, place)) return { steps, falls: true };
      const here = nodes[node];
      if (node === end || !here || here.kind === 'end') {
        if (!place.endsAlike) steps.push({ kind: 'stop', why: place.stop });
        return { steps, falls: place.inBranch };
      }
      const isDeep = place.depth >= MOST_DEPTH && here.next.some((to) => to !== end) && !(isFirst && isPart);
      if (isDeep) partAt(node, place);
      const part = isFirst && isPart ? undefined : places.get(node);
      if (part) {
        steps.push({ kind: 'part', node });
        if (!part.falls && !place.endsAlike) steps.push({ kind: 'stop', why: place.stop });
        return { steps, falls: part.falls };
      }
      if (here.kind === 'again') {
        const ends = !place.endsAlike;
        steps.push({ kind: 'again', node, ends });
        return { steps, falls: !ends && place.inBranch };
      }
      const after =
        here.kind === 'fork'
          ? fork(node, here.next, place)
          : ((here.loops ? loop(node, here.ways, here.round, place) : undefined) ?? step(node, here.ways, place));
      steps.push(...after.steps);
      const not: readonly Planned[] = place.endsAlike ? [] : [{ kind: 'stop', why: place.stop }];
      if (after.next === undefined) {
        const asks = here.kind === 'fork' && after.falls && !place.endsAlike;
        if (asks && mayMiss(here.next, place.until))
          steps.push({ kind: 'due', nodes: [...place.until], steps: [], not });
        return { steps, falls: after.falls };
      }
      if (here.kind === 'fork' && mayMiss(here.next, new Set([after.next]))) {
        const rest = listFrom(after.next, { ...place, depth: place.depth + 1 });
        steps.push({ kind: 'due', nodes: [after.next], steps: rest.steps, not });
        return { steps, falls: rest.falls || place.inBranch };
      }
      node = after.next;
    }
  }

  function step(node: number, ways: readonly Way[], place: Place): Written {
    const asGate = gate(node) ? gateAt(node, ways, place) : undefined;
    if (asGate) return asGate;
    const failing = guarded && !place.inFork && failsAway(ways) ? [] : ways.filter(({ kind }) => isFailure(kind));
    const going = ways.filter(({ kind }) => !isFailure(kind));
    if (failing.length === 0 && going.length <= 1)
      return { steps: [{ kind: 'do', node, failed: undefined }], next: going[0]?.to ?? end, falls: false };
    const merges = mergesAt(node);
    const only = going.length === 1 ? going[0]?.to : going.length === 0 ? end : undefined;
    const last = merges.at(-1);
    // What goes right leads there alone, so that what goes wrong does not come to it.
    const isOwn = failing.length > 0 && only !== undefined && dominators.into[only] === 1 && !isShared(last, only);
    const flat = isOwn ? only : undefined;
    if (flat !== undefined && follows(node, flat, place)) {
      // What goes wrong leads to the end, so the rest need not stand deeper for it.
      const apart: Place = { ...place, until: NONE, endsAlike: true, depth: place.depth + 1 };
      const { inner, behind } = shared(merges, flat, apart);
      const steps = [...oneOf(node, failing, inner).steps, ...behind()];
      return {
        steps: [{ kind: 'do', node, failed: { steps, then: 'stop' } }],
        next: flat,
        falls: false,
      };
    }
    const joined = last !== undefined && follows(node, last, place) ? last : undefined;
    const next = joined ?? (place.depth >= DEEP ? onlyWayOn(node, going, place) : undefined);
    const { inner, behind } = shared(
      merges,
      next,
      next === undefined
        ? { ...place, depth: place.depth + 1 }
        : { ...place, until: new Set([next]), endsAlike: place.inBranch, depth: place.depth + 1 },
    );
    if (failing.length === 0) {
      const chosen = oneOf(node, going, inner);
      const steps: readonly Planned[] = [{ kind: 'do', node, failed: undefined }, ...chosen.steps, ...behind()];
      return { steps, next, falls: chosen.falls };
    }
    if (next !== undefined && only === next) {
      const steps = [...oneOf(node, failing, inner).steps, ...behind()];
      return { steps: [{ kind: 'do', node, failed: { steps, then: 'continue' } }], next, falls: true };
    }
    const deeper = { ...inner, depth: inner.depth + (going.length > 1 || failing.length > 1 ? 1 : 0) };
    const ok = going.length === 0 ? listFrom(end, inner) : oneOf(node, going, deeper);
    const not = oneOf(node, failing, deeper);
    return {
      steps: [
        { kind: 'do', node, failed: { steps: [], then: 'continue' } },
        { kind: 'outcome', node, ok: ok.steps, not: not.steps },
        ...behind(),
      ],
      next,
      falls: ok.falls || not.falls,
    };
  }

  /** Of ways of which all others lead to the end, the one that goes on: it need not stand deeper than they do. */
  function onlyWayOn(node: number, ways: readonly Way[], place: Place): number | undefined {
    return ways.findLast(
      ({ to }) => dominators.into[to] === 1 && nodes[to]?.kind !== 'again' && follows(node, to, place),
    )?.to;
  }

  /** A step that goes over a list, where what is done for an item comes back to it or goes on behind it. */
  function loop(node: number, ways: readonly Way[], round: number | undefined, place: Place): Written | undefined {
    const [item, ...more] = ways.filter(({ kind }) => kind === 'item');
    // Where it fails and ends there, so does a step of ours.
    const others = ways.filter(({ kind, to }) => kind !== 'item' && !(isFailure(kind) && to === end && !place.inFork));
    const [after] = others;
    if (!item || more.length > 0 || !after) return undefined;
    if (others.some(({ to, kind }) => to !== after.to || isFailure(kind))) return undefined;
    const until = new Set([...(round === undefined ? [] : [round]), ...(after.to === end ? [] : [after.to])]);
    const body = new Set(until.has(item.to) ? [] : [item.to]);
    for (const one of body) {
      if (one === end ? place.inBranch : !dominators.isDominated(one, node)) return undefined;
      for (const to of nextOf(one, place)) if (!until.has(to)) body.add(to);
    }
    // What is done for an item and behind the list as well would come back to a list that is over.
    body.delete(end);
    if (reaches(graph, after.to, body)) return undefined;
    const inner: Place = { ...place, until, endsAlike: place.inBranch, depth: place.depth + 1 };
    return { steps: [{ kind: 'loop', node, steps: listFrom(item.to, inner).steps }], next: after.to, falls: false };
  }

  function oneOf(node: number, ways: readonly Way[], place: Place): Listed {
    const [first, ...rest] = ways.map((way) => ({ way, ...listFrom(way.to, place) }));
    if (!first) return { steps: [], falls: false };
    if (rest.length === 0) return first;
    const branches = [first, ...rest];
    return { steps: [{ kind: 'choose', node, branches }], falls: branches.some(({ falls }) => falls) };
  }

  function fork(node: number, targets: readonly number[], place: Place): Written {
    const merges = mergesAt(node);
    const last = merges.at(-1);
    // Where a branch goes past it, what follows would have to be in two places at once.
    const isLast = last !== undefined && !leads(targets, place, last);
    const next = isLast && follows(node, last, place, true) ? last : undefined;
    const until = next === undefined ? place.until : new Set([...place.until, next]);
    const { inner, behind } = shared(merges, next, {
      ...place,
      until,
      endsAlike: true,
      inFork: true,
      inBranch: true,
      depth: place.depth + 1,
    });
    const branches = targets.map((to) => listFrom(to, inner));
    const falls = leads(targets, place);
    const steps: Planned[] = [{ kind: 'fork', node, branches: branches.map((one) => one.steps) }, ...behind()];
    if (next === undefined && !falls && !place.endsAlike) steps.push({ kind: 'stop', why: place.stop });
    return { steps, next, falls: falls || place.inBranch };
  }

  /** Whether branches may end so that the original comes to none of what follows them. */
  function mayMiss(targets: readonly number[], next: ReadonlySet<number>): boolean {
    const ending = mayEnd(targets, next);
    const waits = [...next].some((one) => {
      const here = nodes[one];
      return here?.kind === 'step' && here.step.join === 'all';
    });
    return waits ? ending.some(Boolean) : ending.every(Boolean);
  }

  /** A question as a gate: only where nothing follows that a no would have to come to again. */
  function gateAt(node: number, own: readonly Way[], place: Place): Written | undefined {
    if (guarded || !place.endsAlike || place.inBranch || place.until.size > 0) return undefined;
    const [only, ...others] = own;
    const behind = only && others.length === 0 ? nodes[only.to] : undefined;
    const reads = only && behind?.kind === 'step' && behind.step.does.kind === 'flow' && dominators.into[only.to] === 1;
    const reader = reads ? only.to : undefined;
    const ways = reads ? behind.ways : own;
    const yes = ways.filter(({ person }) => person?.says === 'approves');
    const no = ways.filter(({ person }) => person?.says !== 'approves');
    const [way, ...more] = yes;
    const to = new Set(no.map((one) => one.to));
    if (!way || more.length > 0 || to.size !== 1 || to.has(way.to)) return undefined;
    const apart: Place = { ...place, until: NONE, depth: place.depth + 1 };
    for (const one of mergesAt(reader ?? node)) partAt(one, apart);
    if (reader !== undefined) for (const one of mergesAt(node)) partAt(one, apart);
    const [refused = end] = to;
    return {
      steps: [{ kind: 'gate', node, reader, yes: way, no: listFrom(refused, apart).steps }],
      next: way.to,
      falls: false,
    };
  }

  /** Whether all that goes wrong at a step ends the run: so does one of ours, by itself. */
  function failsAway(ways: readonly Way[]): boolean {
    return ways.every(({ kind, to }) => !isFailure(kind) || to === end);
  }

  /** Where a node leads, but for what ends the run by itself. */
  function nextOf(node: number, place: Place): readonly number[] {
    const here = nodes[node];
    if (here?.kind !== 'step' || !guarded || place.inFork || underFork().has(node) || !failsAway(here.ways))
      return here?.next ?? [];
    const going = here.ways.filter(({ kind }) => !isFailure(kind));
    return going.length === 0 ? [end] : going.map(({ to }) => to);
  }

  /** The steps that several ways from a node lead to, and that every path to them comes by it. */
  function mergesAt(node: number): readonly number[] {
    return (dominators.children[node] ?? []).filter(
      (one) => (dominators.into[one] ?? 0) > 1 && nodes[one]?.kind !== 'again',
    );
  }

  /** Whether a step can follow all that a node leads to: whatever comes before goes on to it, or ends the run. */
  function follows(node: number, next: number, place: Place, isFork = false): boolean {
    if (next === end) return false;
    const stack = [node];
    for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
      for (const to of nextOf(one, place)) {
        if (!isFork && endsAt(to, place)) return false;
        const mayEnd = isFork || !place.inBranch;
        if (to === end ? !mayEnd : !(dominators.isDominated(to, node) || (isFork && endsAt(to, place)))) return false;
      }
      for (const child of dominators.children[one] ?? []) if (child !== next) stack.push(child);
    }
    return true;
  }

  /** Whether what goes right leads to a step as well, and not only what goes wrong. */
  function isShared(merge: number | undefined, within: number): boolean {
    if (merge === undefined) return false;
    return nodes.some(
      (node, index) =>
        dominators.isDominated(index, within) &&
        (node.kind === 'step'
          ? node.ways.some(({ to, kind }) => to === merge && !isFailure(kind))
          : node.next.includes(merge)),
    );
  }

  const parts = new Map<number, readonly Planned[]>();
  const steps = listFrom(graph.start, {
    until: NONE,
    later: undefined,
    endsAlike: true,
    stop: 'end',
    inFork: false,
    inBranch: guarded,
    depth: 0,
  }).steps;
  for (const node of waiting) {
    const place = places.get(node);
    if (place) parts.set(node, listFrom(node, place, true).steps);
  }
  return { steps, parts };
}

/** Every step in one list, each for itself: for graphs that would take more parts in parts than may be. */
export function flatPlan(graph: FlowGraph): Plan {
  const { order } = dominatorsOf(graph);
  const steps = order.flatMap((node): readonly Planned[] => {
    const kind = graph.nodes[node]?.kind;
    if (kind === 'step') return [{ kind: 'do', node, failed: undefined, due: true }];
    return [];
  });
  return { steps, parts: new Map() };
}

const NONE: ReadonlySet<number> = new Set();

interface Listed {
  readonly steps: readonly Planned[];
  readonly falls: boolean;
}

/** What stands for a node, and the node that follows in the same list; `undefined` where the list ends. */
interface Written extends Listed {
  readonly next: number | undefined;
}

/** Whether a path leads from a node to one of others. */
function reaches({ nodes }: FlowGraph, from: number, to: ReadonlySet<number>): boolean {
  if (to.size === 0) return false;
  const seen = new Set([from]);
  for (const one of seen) {
    if (to.has(one)) return true;
    for (const next of nodes[one]?.next ?? []) seen.add(next);
  }
  return false;
}
