import type { FlowGraph } from './graph.js';

/** Which nodes of a graph every path to a node comes by. */
export interface Dominators {
  /** Nodes in an order in which each comes after all that lead to it. */
  readonly order: readonly number[];
  /** Where a node is in that order; -1 where no path leads. */
  readonly at: readonly number[];
  /** The nodes of which a node is the nearest that every path to them comes by; in their order. The end is none of them. */
  readonly children: readonly (readonly number[])[];
  /** How many ways lead to a node. */
  readonly into: readonly number[];
  /** Whether every path to `node` comes by `by`. */
  isDominated(node: number, by: number): boolean;
}

/** By the way of Cooper, Harvey and Kennedy; without circles one round is enough. */
export function dominatorsOf({ nodes, start, end }: FlowGraph): Dominators {
  const order = topological(
    nodes.map(({ next }) => next),
    start,
  );
  const at: number[] = new Array(nodes.length).fill(-1);
  for (const [index, node] of order.entries()) at[node] = index;
  const sources: number[][] = nodes.map(() => []);
  const into: number[] = new Array(nodes.length).fill(0);
  for (const node of order) {
    for (const to of nodes[node]?.next ?? []) {
      sources[to]?.push(node);
      into[to] = (into[to] ?? 0) + 1;
    }
  }
  const above: number[] = new Array(nodes.length).fill(-1);
  above[start] = start;
  const meet = (a: number, b: number): number => {
    let one = a;
    let other = b;
    while (one !== other) {
      if ((at[one] ?? 0) > (at[other] ?? 0)) one = above[one] ?? start;
      else other = above[other] ?? start;
    }
    return one;
  };
  const children: number[][] = nodes.map(() => []);
  for (const node of order) {
    if (node === start) continue;
    const [first = start, ...rest] = sources[node] ?? [];
    const nearest = rest.reduce(meet, first);
    above[node] = nearest;
    if (node !== end) children[nearest]?.push(node);
  }
  // A node is below another if its stretch lies within the other's.
  const enter: number[] = new Array(nodes.length).fill(0);
  const leave: number[] = new Array(nodes.length).fill(0);
  let clock = 0;
  const stack: { readonly node: number; next: number }[] = [{ node: start, next: 0 }];
  enter[start] = clock++;
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const child = children[top.node]?.[top.next++];
    if (child === undefined) {
      leave[top.node] = clock++;
      stack.pop();
    } else {
      enter[child] = clock++;
      stack.push({ node: child, next: 0 });
    }
  }
  return {
    order,
    at,
    children,
    into,
    isDominated: (node, by) =>
      node !== end && (enter[by] ?? 0) <= (enter[node] ?? 0) && (leave[node] ?? 0) <= (leave[by] ?? 0),
  };
}

function topological(next: readonly (readonly number[])[], start: number): readonly number[] {
  const done: number[] = [];
  const seen = new Uint8Array(next.length);
  const stack: { readonly node: number; at: number }[] = [{ node: start, at: 0 }];
  seen[start] = 1;
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    // Backwards, so that what is written first comes first.
    const ways = next[top.node] ?? [];
    const to = ways[ways.length - 1 - top.at++];
    if (to === undefined) {
      done.push(top.node);
      stack.pop();
    } else if (seen[to] === 0) {
      seen[to] = 1;
      stack.push({ node: to, at: 0 });
    }
  }
  return done.reverse();
}
