import type { Problem } from '../problem.js';
import { type UnchangedEnds, unchangedEnds } from '../unchanged-ends.js';
import { anchored } from './anchored.js';
import { type Cut, type Cuts, cutAgain, cutAt, cutsOf, type PartKind } from './cuts.js';
import { withFaultyItems } from './faulty-items.js';
import { type Anchor, Stretch } from './place.js';
import { readPlain } from './plain-reader.js';
import { readTree } from './read-tree.js';
import { recover } from './recover.js';
import type { Entry, ListNode, MapNode, Node, Range } from './tree.js';

/**
 * A file in parts that are read each by itself: the entries of its map, and the items of an entry that is a block list, as
 * the steps of a playbook are. A part whose text has not changed keeps its nodes; they move with its anchor.
 *
 * An item with a fault is read together with those beside it (`faulty-items.ts`). What is not cut so (`cuts.ts`), and what
 * is wrong anywhere else, is for the reader of whole files.
 */
export interface Parts {
  readonly text: string;
  readonly cuts: Cuts;
  /** What was read at each cut; `undefined` where something is wrong. */
  readonly read: readonly (Part | undefined)[];
  /** In source order, without gaps: those, and in place of what is wrong what it reads as with the items beside it. */
  readonly parts: readonly Part[];
  /** What is wrong in some of them. */
  readonly problems: readonly Problem[];
}

export interface Part {
  readonly kind: PartKind;
  readonly anchor: Anchor;
  /** The map of one entry, or the list of one item, as the part reads. */
  readonly node: MapNode | ListNode;
  /** Of a head: the entry that was made of it and these items, and whether each of them is just one. */
  made?: { readonly items: readonly Part[]; readonly single: boolean; readonly entry: Entry };
}

/** The text that parts were read of before, and what of it is the same. */
export interface PartsBefore {
  readonly parts: Parts;
  readonly unchanged: UnchangedEnds;
}

/** Reads a file in parts, those of `before` that are as they were taken over. `undefined` where the whole is to be read. */
export function readParts(text: string, before: PartsBefore | undefined): Parts | undefined {
  const again = before
    ? cutAgain(text, before.parts.cuts, before.unchanged)
    : { cuts: cutsOf(text), same: NOTHING_SAME };
  if (!again?.cuts) return undefined;
  const { cuts, same } = again;
  const known = before?.parts.read ?? [];
  const count = cuts.froms.length;
  const read: (Part | undefined)[] = known.slice(0, same.start);
  for (let index = same.start; index < count - same.end; index++) read.push(readPart(text, cutAt(cuts, index)));
  const parts = same.end > 0 ? read.concat(known.slice(known.length - same.end)) : read;
  const mended = withFaultyItems(text, cuts, parts);
  if (!mended) return undefined;
  // Only now is it sure that nobody needs the places they had.
  const moved = before && text.length === before.parts.text.length ? count - same.end : count;
  for (let index = same.start; index < moved; index++) {
    const part = parts[index];
    if (part) part.anchor.at = cuts.froms[index] ?? part.anchor.at;
  }
  return { text, cuts, read: parts, ...mended };
}

const NOTHING_SAME: UnchangedEnds = { start: 0, end: 0 };

/** The map a file in parts is; `undefined` where a key stands there twice. */
export function treeOf({ parts }: Parts): MapNode | undefined {
  const entries: Entry[] = [];
  const names = new Set<string>();
  for (let at = 0; at < parts.length; ) {
    const head = parts[at];
    const entry = head?.node.kind === 'map' ? head.node.entries[0] : undefined;
    if (!head || !entry || names.has(entry.key.text)) return undefined;
    names.add(entry.key.text);
    at++;
    if (head.kind === 'entry') {
      entries.push(entry);
      continue;
    }
    const from = at;
    while (parts[at]?.kind === 'item') at++;
    entries.push(entryWithList(head, entry, parts.slice(from, at)));
  }
  const start = entries[0]?.range.start ?? 0;
  const last = parts.at(-1)?.node;
  return { kind: 'map', entries, flow: false, range: { start, end: last?.range.end ?? start } };
}

/** The entry of a list in parts: the same one as long as they are the same, and else with the same nodes for those that are. */
function entryWithList(head: Part, { key }: Entry, items: readonly Part[]): Entry {
  const { made } = head;
  const same = made ? unchangedEnds(made.items, items) : NOTHING_SAME;
  if (made && same.start === items.length && items.length === made.items.length) return made.entry;
  const { single, ...nodes } = nodesOfSome(made, items, same) ?? nodesOf(items);
  const first = items[0]?.node.range ?? key.range;
  const last = items.at(-1)?.node.range ?? first;
  const range = new Stretch(first, last);
  const value: ListNode = { kind: 'list', ...nodes, flow: false, range };
  const entry = { key, value, range: new Stretch(key.range, last) };
  head.made = { items, single, entry };
  return entry;
}

interface ItemNodes extends Pick<ListNode, 'items' | 'dashes'> {
  /** Whether each part is one item, and none of them is empty. */
  readonly single: boolean;
}

function nodesOf(parts: readonly Part[]): ItemNodes {
  const items: (Node | undefined)[] = [];
  const dashes = new Map<number, Range>();
  let single = true;
  for (const { node } of parts) {
    if (node.kind !== 'list') continue;
    single &&= node.items.length === 1;
    for (const [index, item] of node.items.entries()) {
      const dash = node.dashes?.get(index);
      if (dash) dashes.set(items.length, dash);
      items.push(item);
    }
  }
  return { items, ...(dashes.size > 0 ? { dashes } : {}), single: single && dashes.size === 0 };
}

/** The same with the nodes of an earlier list, where each part was and is one item that is not empty. */
function nodesOfSome(made: Part['made'], parts: readonly Part[], { start, end }: UnchangedEnds): ItemNodes | undefined {
  const before = made?.entry.value;
  if (!made?.single || before?.kind !== 'list') return undefined;
  const { items, single } = nodesOf(parts.slice(start, parts.length - end));
  if (!single) return undefined;
  return { items: before.items.slice(0, start).concat(items, before.items.slice(before.items.length - end)), single };
}

function readPart(text: string, { kind, from, to, column }: Cut): Part | undefined {
  const anchor = { at: from };
  const node = readPlain(text, { from, to, column, anchor }) ?? readByLibrary(text.slice(from, to), anchor);
  if (!node || !isWhole(node, kind)) return undefined;
  return { kind, anchor, node };
}

/** One entry, or one item; what is more would be lost. */
function isWhole(node: MapNode | ListNode, kind: PartKind): boolean {
  if (kind === 'item') return node.kind === 'list' && node.items.length === 1 && !node.flow;
  const entry = node.kind === 'map' && !node.flow && node.entries.length === 1 ? node.entries[0] : undefined;
  return entry !== undefined && (kind === 'entry' || entry.value === undefined);
}

/** What the library reads in the text of a part, if nothing at all is wrong with it. */
function readByLibrary(text: string, anchor: Anchor): MapNode | ListNode | undefined {
  const read = recover(text);
  if ('tooDeepAt' in read) return undefined;
  const { tokens, faults, document, source } = read;
  const clean = faults.length + tokens.properties.length + tokens.directives.length === 0;
  if (!clean || tokens.secondDocument !== undefined) return undefined;
  const { root, problems } = readTree(document?.contents, source);
  if (problems.length > 0 || !root || root.kind === 'scalar') return undefined;
  return anchored(root, anchor, 0);
}
