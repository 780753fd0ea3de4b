/** A graph of numbered nodes. */
export interface Nodes {
  readonly count: number;
  readonly start: number;
  /** The nodes each node leads to. */
  readonly out: readonly (readonly number[])[];
}

/** Which node is on every way to which. */
export interface Dominators {
  /** All nodes that can be reached, in an order in which a node comes before those it leads to, but for ways back. */
  readonly order: readonly number[];
  /** Place of each node in `order`; -1 where no way leads to it. */
  readonly placeOf: readonly number[];
  /** The last node that is on every way to a node; -1 of the start, and of what cannot be reached. */
  readonly above: readonly number[];
  /** How many nodes are on every way to a node. */
  readonly depth: readonly number[];
}

/** The way of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance Algorithm", 2001). Nothing recurses: graphs may be as deep as they like. */
export function dominatorsOf({ count, start, out }: Nodes): Dominators {
  const order = orderOf(count, start, out);
  const placeOf: number[] = new Array(count).fill(-1);
  for (const [place, node] of order.entries()) placeOf[node] = place;
  const into: number[][] = Array.from({ length: count }, () => []);
  for (const node of order) for (const to of out[node] ?? []) into[to]?.push(node);

  const above: number[] = new Array(count).fill(-1);
  above[start] = start;
  const meet = (one: number, other: number): number => {
    let a = one;
    let b = other;
    while (a !== b) {
      if ((placeOf[a] ?? 0) > (placeOf[b] ?? 0)) a = above[a] ?? start;
      else b = above[b] ?? start;
    }
    return a;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of order.slice(1)) {
      let found = -1;
      for (const from of into[node] ?? []) if (above[from] !== -1) found = found === -1 ? from : meet(from, found);
      if (above[node] === found) continue;
      above[node] = found;
      changed = true;
    }
  }
  above[start] = -1;
  const depth: number[] = new Array(count).fill(0);
  for (const node of order.slice(1)) depth[node] = (depth[above[node] ?? start] ?? 0) + 1;
  return { order, placeOf, above, depth };
}

/** Nodes by when a search is through with them, the last first. */
function orderOf(count: number, start: number, out: Nodes['out']): readonly number[] {
  const seen = new Array(count).fill(false);
  const done: number[] = [];
  const stack = [{ node: start, next: 0 }];
  seen[start] = true;
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const ways = out[top.node] ?? [];
    // From the last, so that in the end what is written first comes first.
    const to = ways[ways.length - 1 - top.next++];
    if (to === undefined) {
      done.push(top.node);
      stack.pop();
    } else if (seen[to] === false) {
      seen[to] = true;
      stack.push({ node: to, next: 0 });
    }
  }
  return done.reverse();
}
