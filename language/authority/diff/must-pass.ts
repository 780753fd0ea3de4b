import type { Step } from '../../model/playbook.js';
import type { Flow } from '../flow.js';
import { type Edge, START } from '../graph.js';

/** The edges that every path takes, in their order: to a step, or to one of several edges. */
export interface MustPass {
  readonly to: (step: Step) => readonly Edge[];
  readonly toAnyOf: (edges: readonly Edge[]) => readonly Edge[];
}

/**
 * The edges that every path to a step takes. They are the edges among its dominators, where each edge counts as a
 * place of its own (Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm, 2001).
 */
export function mustPassOf(flow: Flow): MustPass {
  const { nodes, nodeOf } = flow.graph;
  const edges = nodes.flatMap((node) => node.edges);
  const placeOf = new Map<Edge, number>(edges.map((edge, index) => [edge, nodes.length + index]));
  const size = nodes.length + edges.length;
  const next = (place: number): readonly number[] => {
    const node = nodes[place];
    if (node) return node.edges.map((edge) => placeOf.get(edge) ?? START);
    const edge = edges[place - nodes.length];
    return edge ? [edge.to] : [];
  };
  const before = (place: number): readonly number[] => {
    const node = nodes[place];
    if (node) return node.into.map((edge) => placeOf.get(edge) ?? START);
    const edge = edges[place - nodes.length];
    return edge ? [edge.from] : [];
  };

  const order = postorder(size, next);
  const rank = new Int32Array(size).fill(-1);
  for (const [index, place] of order.entries()) rank[place] = index;
  const nearest = new Int32Array(size).fill(-1);
  nearest[START] = START;
  const meet = (a: number, b: number): number => {
    let [one, two] = [a, b];
    while (one !== two) {
      while ((rank[one] ?? 0) < (rank[two] ?? 0)) one = nearest[one] ?? START;
      while ((rank[two] ?? 0) < (rank[one] ?? 0)) two = nearest[two] ?? START;
    }
    return one;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let index = order.length - 1; index >= 0; index--) {
      const place = order[index] ?? START;
      if (place === START) continue;
      let found = -1;
      for (const one of before(place)) {
        if ((nearest[one] ?? -1) < 0) continue;
        found = found < 0 ? one : meet(one, found);
      }
      if (found >= 0 && nearest[place] !== found) {
        nearest[place] = found;
        changed = true;
      }
    }
  }
  const above = (from: number): readonly Edge[] => {
    const passed: Edge[] = [];
    for (let place = from; ; place = nearest[place] ?? START) {
      const edge = edges[place - nodes.length];
      if (edge) passed.push(edge);
      if (place === START || (nearest[place] ?? -1) < 0) return passed.reverse();
    }
  };
  return {
    to: (step) => above(nodeOf.get(step) ?? START),
    toAnyOf: (some) => {
      const places = some.flatMap((edge) => placeOf.get(edge) ?? []).filter((place) => (nearest[place] ?? -1) >= 0);
      const [first, ...rest] = places;
      return first === undefined ? [] : above(rest.reduce(meet, first));
    },
  };
}

/** The places that can be reached from the start, each after all that follow it. */
function postorder(size: number, next: (place: number) => readonly number[]): readonly number[] {
  const order: number[] = [];
  const seen = new Uint8Array(size);
  const stack: { readonly place: number; readonly following: readonly number[]; at: number }[] = [];
  const enter = (place: number): void => {
    seen[place] = 1;
    stack.push({ place, following: next(place), at: 0 });
  };
  enter(START);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const following = top.following[top.at++];
    if (following === undefined) {
      order.push(top.place);
      stack.pop();
    } else if (!seen[following]) enter(following);
  }
  return order;
}
