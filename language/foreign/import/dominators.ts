import { dominatorsOf as nearest } from '../dominators.js';
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

/** Of a graph without circles. */
export function dominatorsOf({ nodes, start, end }: FlowGraph): Dominators {
  const { order, placeOf: at, above } = nearest({ count: nodes.length, start, out: nodes.map(({ next }) => next) });
  const into: number[] = new Array(nodes.length).fill(0);
  for (const node of order) for (const to of nodes[node]?.next ?? []) into[to] = (into[to] ?? 0) + 1;
  const children: number[][] = nodes.map(() => []);
  for (const node of order) if (node !== start && node !== end) children[above[node] ?? start]?.push(node);
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
