import { MAX_DEPTH } from './limits.js';
import { type Anchor, Place } from './place.js';
import type { Entry, Node, Range } from './tree.js';

/** The same nodes with their places bound to an anchor; with `by` added they are distances from it. */
export function anchored<N extends Node>(node: N, anchor: Anchor, by: number, depth?: number): N;
export function anchored(node: Node, anchor: Anchor, by: number, depth = 0): Node {
  const place = ({ start, end }: Range): Range => new Place(anchor, start + by, end + by);
  const range = place(node.range);
  if (node.kind === 'scalar' || depth > MAX_DEPTH) return { ...node, range };
  if (node.kind === 'list') {
    const items = node.items.map((item) => item && anchored(item, anchor, by, depth + 1));
    const dashes = node.dashes && new Map([...node.dashes].map(([index, dash]) => [index, place(dash)]));
    return { ...node, items, range, ...(dashes ? { dashes } : {}) };
  }
  const entries = node.entries.map(
    (entry): Entry => ({
      key: { ...entry.key, range: place(entry.key.range) },
      value: entry.value && anchored(entry.value, anchor, by, depth + 1),
      range: place(entry.range),
    }),
  );
  return { ...node, entries, range };
}
