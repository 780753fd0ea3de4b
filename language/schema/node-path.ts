import type { Entry, ListNode, MapNode, Node, Range } from '../syntax/tree.js';

/** One step from a node to a child of it. */
export type PathStep =
  | { readonly kind: 'entry'; readonly map: MapNode; readonly entry: Entry }
  | { readonly kind: 'item'; readonly list: ListNode; readonly index: number };

/** The way from the root to a place, outermost first. */
export type NodePath = readonly PathStep[];

/** The innermost node at an offset, and whether the offset is on the key of the last entry or on its value. */
export interface NodeAt {
  readonly path: NodePath;
  readonly on: 'key' | 'value';
  /** The node itself: the key's scalar on a key, otherwise the value. */
  readonly node: Node;
}

/** Finds the innermost scalar, or the map or list between scalars, at `offset` (both ends inclusive for scalars). */
export function nodeAt(root: Node | undefined, offset: number): NodeAt | undefined {
  const path: PathStep[] = [];
  let node = root;
  while (node) {
    if (node.kind === 'scalar') return touches(node.range, offset) ? { path, on: 'value', node } : undefined;
    const next: PathStep | undefined = node.kind === 'map' ? entryAt(node, offset) : itemAt(node, offset);
    if (!next) return touches(node.range, offset) ? { path, on: 'value', node } : undefined;
    path.push(next);
    if (next.kind === 'entry' && touches(next.entry.key.range, offset))
      return { path, on: 'key', node: next.entry.key };
    node = next.kind === 'entry' ? next.entry.value : next.list.items[next.index];
  }
  return undefined;
}

/** The node a path leads to. */
export function targetOf(step: PathStep): Node | undefined {
  return step.kind === 'entry' ? step.entry.value : step.list.items[step.index];
}

function entryAt(map: MapNode, offset: number): PathStep | undefined {
  const entry =
    map.entries.find((candidate) => touches(candidate.key.range, offset)) ??
    map.entries.find((candidate) => candidate.value && touches(candidate.value.range, offset));
  return entry && { kind: 'entry', map, entry };
}

function itemAt(list: ListNode, offset: number): PathStep | undefined {
  const index = list.items.findIndex((item) => item && touches(item.range, offset));
  return index < 0 ? undefined : { kind: 'item', list, index };
}

function touches(range: Range, offset: number): boolean {
  return range.start <= offset && offset <= range.end;
}
