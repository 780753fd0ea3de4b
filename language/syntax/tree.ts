/**
 * The YAML tree the language works on: plain data with positions, independent of the YAML library.
 *
 * Offsets are UTF-16 code units into the text of the file, end-exclusive: what VS Code and the LSP default use.
 * Anchors, aliases, tags and merge keys are not part of the language (what a reader sees is what runs), so the tree has
 * no node for them; the parser reports them.
 */

/** A stretch of source text, `start` inclusive, `end` exclusive, in UTF-16 code units. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** How a scalar was written; decides how offsets inside its value map back to the source. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

export interface ScalarNode {
  readonly kind: 'scalar';
  /** The value in the YAML 1.2 core schema. */
  readonly value: string | number | boolean | null;
  /** The decoded text, before the core schema made a number, boolean or null of it. */
  readonly text: string;
  readonly style: ScalarStyle;
  /** Covers the scalar as written, quotes and block header included. */
  readonly range: Range;
}

export interface Entry {
  readonly key: ScalarNode;
  /** `undefined` when nothing follows the colon. */
  readonly value: Node | undefined;
  readonly range: Range;
}

export interface MapNode {
  readonly kind: 'map';
  /** In source order. A duplicate key is reported and only its first entry is kept. */
  readonly entries: readonly Entry[];
  readonly flow: boolean;
  readonly range: Range;
}

export interface ListNode {
  readonly kind: 'list';
  /** `undefined` for an item with nothing after its dash. */
  readonly items: readonly (Node | undefined)[];
  /** Where the dash of an item stands that has nothing after it, by the item's index. */
  readonly dashes?: ReadonlyMap<number, Range>;
  readonly flow: boolean;
  readonly range: Range;
}

export type Node = ScalarNode | MapNode | ListNode;

/** A value together with where it stands in the source. */
export interface Located<T> {
  readonly value: T;
  readonly range: Range;
}

/** The entry of `map` whose key is `key`, if any. */
export function entryOf(map: MapNode, key: string): Entry | undefined {
  return map.entries.find((entry) => entry.key.text === key);
}

/** The value under `key`, if `node` is a map that has one. */
export function get(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === 'map' ? entryOf(node, key)?.value : undefined;
}

/** The JSON value a node stands for. A missing value is `null`, as YAML reads it. */
export function toJson(node: Node | undefined): Json {
  if (node === undefined) return null;
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(toJson);
    case 'map': {
      const out: { [key: string]: Json } = Object.create(null);
      for (const entry of node.entries) out[entry.key.text] = toJson(entry.value);
      return out;
    }
  }
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
