import type { Problem } from '../problem.js';
import { anchored } from './anchored.js';
import { DASH, HASH, NEWLINE, RETURN, SPACE } from './characters.js';
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
 * Parts are cut at lines only, where a key stands in the first column or a dash in that of its list. An item with a fault is
 * read together with those beside it (`faulty-items.ts`). What is not cut so, and what is wrong anywhere else, is for the
 * reader of whole files.
 */
export interface Parts {
  readonly text: string;
  /** In source order, without gaps. */
  readonly parts: readonly Part[];
  /** Where each of them starts in `text`; its anchor may have moved on since. */
  readonly starts: readonly number[];
  /** What is wrong in some of them. */
  readonly problems: readonly Problem[];
}

/** What a part is: an entry with all its value; an entry that has a list, up to its first item; an item. */
export type PartKind = 'entry' | 'head' | 'item';

export interface Part {
  readonly kind: PartKind;
  readonly anchor: Anchor;
  readonly length: number;
  readonly column: number;
  /** The map of one entry, or the list of one item, as the part reads. */
  readonly node: MapNode | ListNode;
  /** Something is wrong with it, or it is several items; it is read anew each time. */
  readonly faulty?: boolean;
  /** Of a head: the entry that was made of it and these items. */
  made?: { readonly items: readonly Part[]; readonly entry: Entry };
}

export interface Cut {
  readonly kind: PartKind;
  readonly from: number;
  readonly to: number;
  readonly column: number;
}

/** Reads a file in parts, those of `before` that are as they were taken over. `undefined` where the whole is to be read. */
export function readParts(text: string, before: Parts | undefined): Parts | undefined {
  const cuts = cutsOf(text);
  if (!cuts) return undefined;
  const kept = before && new Kept(before, text);
  const read = cuts.map((cut) => ({ cut, part: kept?.take(cut) ?? readPart(text, cut) }));
  const mended = withFaultyItems(text, read);
  if (!mended) return undefined;
  const { parts, starts, problems } = mended;
  // Only now is it sure that nobody needs the places they had.
  for (const [index, part] of parts.entries()) part.anchor.at = starts[index] ?? part.anchor.at;
  return { text, parts, starts, problems };
}

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

/** The entry of a list in parts: the same one as long as they are the same. */
function entryWithList(head: Part, { key }: Entry, items: readonly Part[]): Entry {
  const { made } = head;
  if (made?.items.length === items.length && made.items.every((item, index) => item === items[index]))
    return made.entry;
  const nodes: (Node | undefined)[] = [];
  const dashes = new Map<number, Range>();
  for (const { node } of items) {
    if (node.kind !== 'list') continue;
    for (const [index, item] of node.items.entries()) {
      const dash = node.dashes?.get(index);
      if (dash) dashes.set(nodes.length, dash);
      nodes.push(item);
    }
  }
  const first = items[0]?.node.range ?? key.range;
  const last = items.at(-1)?.node.range ?? first;
  const range = new Stretch(first, last);
  const value: ListNode = { kind: 'list', items: nodes, ...(dashes.size > 0 ? { dashes } : {}), flow: false, range };
  const entry = { key, value, range: new Stretch(key.range, last) };
  head.made = { items, entry };
  return entry;
}

const KEY = /^[A-Za-z_][\w.-]*:(?= |\r?\n|$)/;

/** Where to cut a text; `undefined` where its lines do not tell. */
function cutsOf(text: string): readonly Cut[] | undefined {
  const cuts: Cut[] = [];
  let open: { readonly kind: PartKind; readonly from: number; readonly column: number } | undefined;
  /** The column of the dashes of the list the lines are in; -1 in none. */
  let list = -1;
  const start = startOf(text);
  for (let line = start; line < text.length; ) {
    let content = line;
    while (text.charCodeAt(content) === SPACE) content++;
    const next = text.indexOf('\n', content);
    const after = next < 0 ? text.length : next + 1;
    const code = text.charCodeAt(content);
    const column = content - line;
    // Blank lines and comments go with what is before them.
    if (content >= text.length || code === NEWLINE || code === RETURN || code === HASH) {
      line = after;
      continue;
    }
    const dash = code === DASH && isBlank(text, content + 1);
    if (column === 0 && !dash) {
      if (!isKeyAt(text, line, after)) return undefined;
      if (open) cuts.push({ ...open, to: line });
      open = { kind: 'entry', from: cuts.length === 0 ? start : line, column: 0 };
      list = -1;
    } else if (!open) {
      return undefined;
    } else if (list >= 0) {
      if (column < list || (column === list && !dash)) return undefined;
      if (column === list) {
        cuts.push({ ...open, to: line });
        open = { kind: 'item', from: line, column };
      }
    } else if (dash && open.kind === 'entry' && isBareKey(text, open.from, line)) {
      cuts.push({ kind: 'head', from: open.from, column: 0, to: line });
      open = { kind: 'item', from: line, column };
      list = column;
    } else if (column === 0) return undefined;
    line = after;
  }
  if (open) cuts.push({ ...open, to: text.length });
  return cuts.length === 0 ? undefined : cuts;
}

/** After a byte order mark, and after a first line that only marks the start of a document. */
function startOf(text: string): number {
  const mark = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  return mark + (/^---[ ]*\r?\n/.exec(text.slice(mark, mark + 20))?.[0].length ?? 0);
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return at >= text.length || code === SPACE || code === NEWLINE || code === RETURN;
}

function isKeyAt(text: string, line: number, after: number): boolean {
  return KEY.test(text.slice(line, Math.min(after, line + 200)));
}

/** Whether `from` to `to` is nothing but a key, blank lines and comments. */
function isBareKey(text: string, from: number, to: number): boolean {
  return /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*[\w.-]+:[ ]*(?:[ ]#[^\n]*)?\r?\n(?:[ ]*(?:#[^\n]*)?\r?\n)*$/.test(
    text.slice(from, to),
  );
}

function readPart(text: string, { kind, from, to, column }: Cut): Part | undefined {
  const anchor = { at: from };
  const node = readPlain(text, { from, to, column, anchor }) ?? readByLibrary(text.slice(from, to), anchor);
  if (!node || !isWhole(node, kind)) return undefined;
  return { kind, anchor, length: to - from, column, node };
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

/** The parts of a file as it was, to be found again in its new text. */
class Kept {
  readonly #parts: readonly Part[];
  readonly #starts: readonly number[];
  /** Up to where the texts are the same, and from where on. */
  readonly #same: number;
  readonly #rest: number;
  readonly #shift: number;
  #next = 0;

  constructor({ text: old, parts, starts }: Parts, text: string) {
    this.#parts = parts;
    this.#starts = starts;
    this.#shift = text.length - old.length;
    const most = Math.min(old.length, text.length);
    let same = 0;
    while (same < most && old.charCodeAt(same) === text.charCodeAt(same)) same++;
    let rest = 0;
    while (rest < most - same && old.charCodeAt(old.length - 1 - rest) === text.charCodeAt(text.length - 1 - rest))
      rest++;
    this.#same = same;
    this.#rest = old.length - rest;
  }

  /** The part that has exactly this text; asked for in source order. */
  take({ kind, from, to, column }: Cut): Part | undefined {
    const before = to <= this.#same;
    const old = before ? from : from - this.#shift;
    if (!before && old < this.#rest) return undefined;
    while ((this.#starts[this.#next] ?? Infinity) < old) this.#next++;
    const part = this.#starts[this.#next] === old ? this.#parts[this.#next] : undefined;
    const same = part?.length === to - from && part.kind === kind && part.column === column && !part.faulty;
    return same ? part : undefined;
  }
}
