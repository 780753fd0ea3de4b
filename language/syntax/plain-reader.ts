import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_MAP,
  COLON,
  COMMA,
  DASH,
  DOUBLE,
  GREATER,
  HASH,
  NEWLINE,
  OPEN_LIST,
  OPEN_MAP,
  PIPE,
  QUOTE,
  RETURN,
  SPACE,
  TAB,
} from './characters.js';
import { coreValue } from './core-schema.js';
import { type Anchor, Place } from './place.js';
import type { Entry, ListNode, MapNode, Node, Range, ScalarNode, ScalarStyle } from './tree.js';

/**
 * Reads what is plainly written: block maps and lists, flow collections without comments, quoted scalars on one line, plain
 * and block scalars, comments. That is nearly all of any playbook, and it is read many times faster than by the library,
 * whose tokens and nodes keep what an editor of YAML needs.
 *
 * It never decides a doubtful case: at the first character that is not plain, or not right, it gives up, and the library
 * reads the text. What it does read, it reads as the library does (`plain-reader.test.ts`).
 */

/** What could not be read here. */
const NOT_PLAIN = Symbol('not plain');

/** Deeper texts are for the library, which counts. */
const DEPTH = 60;

/**
 * The block map or list that is all of `text` from `from`, the start of a line, to `to`. Its first line of content must be
 * indented by `column`, and none by less. `undefined` when it is not plain, or there is nothing. Places are given relative
 * to `anchor`.
 */
export function readPlain(text: string, { from, to, column, anchor }: PlainPart): MapNode | ListNode | undefined {
  try {
    const reader = new PlainReader(text, from, to, anchor);
    return reader.whole(column);
  } catch (error) {
    if (error === NOT_PLAIN) return undefined;
    throw error;
  }
}

export interface PlainPart {
  readonly from: number;
  readonly to: number;
  readonly column: number;
  /** Stands for `from`. */
  readonly anchor: Anchor;
}

/** Its members are private by the compiler's word only: the engine's own check, at each call, was an eighth of the time. */
class PlainReader {
  private readonly text: string;
  private readonly to: number;
  private readonly anchor: Anchor;
  private readonly from: number;
  /** Start of the line of content the reader is at; `#to` at the end. */
  private line = 0;
  /** Its first character that is no blank, and how far it is from the start of the line; -1 at the end. */
  private content = 0;
  private column = -1;
  /** Where its text ends, comments included and the line break not. */
  private lineEnd = 0;
  /** Right after the line break of the last line of content that was read. */
  private done = 0;
  private depth = 0;
  /** What the lines of a flow collection must be indented by more than. */
  private around = -1;
  /** Entries and items of the maps and lists that the reader is in, those of the innermost last. */
  private readonly open: Entry[] = [];
  private readonly kept: (Node | undefined)[] = [];

  constructor(text: string, from: number, to: number, anchor: Anchor) {
    this.text = text;
    this.to = to;
    this.anchor = anchor;
    this.from = from;
    this.goTo(from);
  }

  whole(column: number): MapNode | ListNode | undefined {
    if (this.column < 0) return undefined;
    if (this.column !== column) throw NOT_PLAIN;
    const node = this.block(column, -1);
    if (this.column >= 0 || node.kind === 'scalar' || node.flow) throw NOT_PLAIN;
    return node;
  }

  /** Goes to the next line of content from `at`, the start of a line. */
  private goTo(at: number): void {
    const text = this.text;
    const to = this.to;
    for (let line = at; line < to; ) {
      let content = line;
      while (content < to && text.charCodeAt(content) === SPACE) content++;
      const first = content < to ? text.charCodeAt(content) : NEWLINE;
      if (first === TAB) throw NOT_PLAIN;
      let next = text.indexOf('\n', content);
      if (next < 0 || next >= to) next = to;
      const end = next > line && text.charCodeAt(next - 1) === RETURN ? next - 1 : next;
      if (content < end && first !== HASH) {
        this.line = line;
        this.content = content;
        this.column = content - line;
        this.lineEnd = end;
        return;
      }
      line = next + 1;
    }
    this.line = to;
    this.column = -1;
  }

  /** Goes on after the line the reader is at. */
  private nextLine(): void {
    const after = this.afterBreak(this.lineEnd);
    this.done = after;
    this.goTo(after);
  }

  private afterBreak(end: number): number {
    const next = this.text.indexOf('\n', end);
    return next < 0 || next >= this.to ? this.to : next + 1;
  }

  /** A map or a list whose lines start at `column`, where the reader is, or another value there, below a key of `around`. */
  private block(column: number, around: number): Node {
    if (++this.depth > DEPTH) throw NOT_PLAIN;
    const at = this.content;
    let node: Node;
    if (this.isDash(at)) node = this.list(column);
    else if (this.keyEnd(at) > 0) node = this.map(column, at);
    else node = this.value(at, around);
    this.depth--;
    return node;
  }

  private isDash(at: number): boolean {
    if (this.text.charCodeAt(at) !== DASH) return false;
    return at + 1 >= this.lineEnd || this.text.charCodeAt(at + 1) === SPACE;
  }

  private list(column: number): ListNode {
    const start = this.content;
    const { kept } = this;
    const before = kept.length;
    let dashes: Map<number, Range> | undefined;
    let end = start;
    while (this.column === column && this.isDash(this.content)) {
      const dash = this.content;
      const at = this.skipSpaces(dash + 1);
      if (at < this.lineEnd && this.text.charCodeAt(at) !== HASH) {
        // "- key: value" opens a map whose keys stand where the first one does.
        const item = this.keyEnd(at) > 0 ? this.nested(at - this.line, at) : this.value(at, column);
        kept.push(item);
        end = this.done;
        continue;
      }
      this.nextLine();
      if (this.column > column) {
        const item = this.block(this.column, column);
        kept.push(item);
        end = this.done;
      } else {
        dashes ??= new Map();
        dashes.set(kept.length - before, this.place(dash, dash + 1));
        kept.push(undefined);
        end = dash + 1;
      }
    }
    if (this.column > column) throw NOT_PLAIN;
    // Where a block collection ended is where what is around it goes on.
    this.done = end;
    const items = takenFrom(kept, before);
    const range = this.place(start, end);
    return dashes ? { kind: 'list', items, dashes, flow: false, range } : { kind: 'list', items, flow: false, range };
  }

  private nested(column: number, first: number): MapNode {
    if (++this.depth > DEPTH) throw NOT_PLAIN;
    const map = this.map(column, first);
    this.depth--;
    return map;
  }

  /** A map whose first key starts at `first`, in the line the reader is at, and its others at `column` of their lines. */
  private map(column: number, first: number): MapNode {
    const { open } = this;
    const before = open.length;
    let seen: Set<string> | undefined;
    let at = first;
    let end = first;
    do {
      const keyEnd = this.keyEnd(at);
      if (keyEnd <= 0) throw NOT_PLAIN;
      const key = this.plain(at, keyEnd);
      seen = noDuplicate(open, before, key.text, seen);
      const from = this.skipSpaces(keyEnd + 1);
      let value: Node | undefined;
      if (from < this.lineEnd && this.text.charCodeAt(from) !== HASH) {
        value = this.value(from, column);
        end = this.done;
      } else {
        this.nextLine();
        const inList = this.column === column && this.isDash(this.content);
        if (this.column > column || inList) {
          value = this.block(this.column, column);
          end = this.done;
        } else end = keyEnd + 1;
      }
      const { range } = key;
      open.push({ key, value, range: value ? this.place(at, this.endOf(value)) : range });
      at = this.content;
    } while (this.column === column && !this.isDash(at));
    if (this.column >= column) throw NOT_PLAIN;
    this.done = end;
    return { kind: 'map', entries: takenFrom(open, before), flow: false, range: this.place(first, end) };
  }

  /** A value that starts in the line the reader is at, below a key or dash of `column`. */
  private value(from: number, column: number): Node {
    const first = this.text.charCodeAt(from);
    if (first === PIPE || first === GREATER) return this.blockScalar(from, column);
    if (first === QUOTE || first === DOUBLE || first === OPEN_LIST || first === OPEN_MAP) {
      const at = { offset: from };
      this.around = column;
      const node = this.flow(at);
      const rest = this.skipSpaces(at.offset);
      const comment = this.text.charCodeAt(rest) === HASH && rest > at.offset;
      if (rest < this.lineEnd && !comment) throw NOT_PLAIN;
      this.nextLine();
      if (this.column > column) throw NOT_PLAIN;
      return node;
    }
    if (!mayStart(first, from + 1 < this.lineEnd ? this.text.charCodeAt(from + 1) : SPACE)) throw NOT_PLAIN;
    const end = this.plainEnd(from);
    const last = this.afterBreak(this.lineEnd);
    const ends = this.skipSpaces(end) >= this.lineEnd;
    this.nextLine();
    if (this.column <= column) return this.plain(from, end);
    // It goes on there, unless a comment or a blank line is between.
    if (!ends || this.line !== last) throw NOT_PLAIN;
    return this.longPlain(from, end, column);
  }

  /** A plain scalar whose first line is `from` to `end`, and which goes on in the line the reader is at. */
  private longPlain(from: number, end: number, column: number): ScalarNode {
    let text = this.text.slice(from, end);
    let to = end;
    while (this.column > column) {
      const next = this.plainEnd(this.content);
      if (this.skipSpaces(next) < this.lineEnd) throw NOT_PLAIN;
      text += ` ${this.text.slice(this.content, next)}`;
      to = next;
      const last = this.afterBreak(this.lineEnd);
      this.nextLine();
      if (this.column > column && this.line !== last) throw NOT_PLAIN;
    }
    return { kind: 'scalar', value: text, text, style: 'plain', range: this.place(from, to) };
  }

  /** Where the key that starts at `at` ends, before its colon; 0 if there is none there that is plainly one. */
  private keyEnd(at: number): number {
    const text = this.text;
    const end = this.lineEnd;
    let to = at;
    while (to < end && isKeyCharacter(text.charCodeAt(to))) to++;
    if (to === at || to >= end || text.charCodeAt(to) !== COLON || to - at > 1000) return 0;
    if (to + 1 < end && text.charCodeAt(to + 1) !== SPACE) return 0;
    return text.charCodeAt(at) === DASH ? 0 : to;
  }

  private skipSpaces(at: number): number {
    let to = at;
    while (to < this.lineEnd && this.text.charCodeAt(to) === SPACE) to++;
    if (to < this.lineEnd && this.text.charCodeAt(to) === TAB) throw NOT_PLAIN;
    return to;
  }

  /** Where a plain scalar of a block ends that starts at `from` and takes the rest of the line but for a comment. */
  private plainEnd(from: number): number {
    const text = this.text;
    const end = this.lineEnd;
    let to = from;
    for (; to < end; to++) {
      const code = text.charCodeAt(to);
      if (code === COLON && (to + 1 === end || text.charCodeAt(to + 1) === SPACE)) throw NOT_PLAIN;
      if (code === HASH && to > from && text.charCodeAt(to - 1) === SPACE) break;
      if (code === TAB || code === RETURN) throw NOT_PLAIN;
    }
    while (text.charCodeAt(to - 1) === SPACE) to--;
    return to;
  }

  private plain(from: number, to: number): ScalarNode {
    const text = this.text.slice(from, to);
    const value = coreValue(text);
    if (value === undefined) throw NOT_PLAIN;
    return { kind: 'scalar', value, text, style: 'plain', range: this.place(from, to) };
  }

  /** A quoted scalar on one line, or a flow collection. `at` is left right after it. */
  private flow(at: { offset: number }): Node {
    const first = this.text.charCodeAt(at.offset);
    if (first === QUOTE) return this.single(at);
    if (first === DOUBLE) return this.double(at);
    if (++this.depth > DEPTH) throw NOT_PLAIN;
    const node = first === OPEN_LIST ? this.flowList(at) : this.flowMap(at);
    this.depth--;
    return node;
  }

  private single(at: { offset: number }): ScalarNode {
    const from = at.offset;
    const text = this.text;
    let to = from + 1;
    let doubled = false;
    for (; ; to++) {
      if (to >= this.lineEnd) throw NOT_PLAIN;
      const code = text.charCodeAt(to);
      if (code === TAB || code === RETURN) throw NOT_PLAIN;
      if (code !== QUOTE) continue;
      if (to + 1 >= this.lineEnd || text.charCodeAt(to + 1) !== QUOTE) break;
      doubled = true;
      to++;
    }
    const inner = text.slice(from + 1, to);
    at.offset = to + 1;
    return this.quoted(doubled ? inner.replaceAll("''", "'") : inner, 'single', from, to + 1);
  }

  private double(at: { offset: number }): ScalarNode {
    const from = at.offset;
    const text = this.text;
    let to = from + 1;
    let escaped = false;
    for (; ; to++) {
      if (to >= this.lineEnd) throw NOT_PLAIN;
      const code = text.charCodeAt(to);
      if (code === TAB || code === RETURN) throw NOT_PLAIN;
      if (code === DOUBLE) break;
      if (code !== BACKSLASH) continue;
      escaped = true;
      to++;
    }
    const inner = text.slice(from + 1, to);
    at.offset = to + 1;
    return this.quoted(escaped ? unescaped(inner) : inner, 'double', from, to + 1);
  }

  private quoted(text: string, style: ScalarStyle, from: number, to: number): ScalarNode {
    return { kind: 'scalar', value: text, text, style, range: this.place(from, to) };
  }

  private flowList(at: { offset: number }): ListNode {
    const start = at.offset;
    const { kept } = this;
    const before = kept.length;
    at.offset = this.skipFlow(start + 1);
    while (this.inFlow(at.offset) !== CLOSE_LIST) {
      const item = this.flowValue(at);
      kept.push(item);
      this.afterFlowItem(at, CLOSE_LIST);
    }
    at.offset++;
    return { kind: 'list', items: takenFrom(kept, before), flow: true, range: this.place(start, at.offset) };
  }

  private flowMap(at: { offset: number }): MapNode {
    const start = at.offset;
    const { open } = this;
    const before = open.length;
    let seen: Set<string> | undefined;
    at.offset = this.skipFlow(start + 1);
    while (this.inFlow(at.offset) !== CLOSE_MAP) {
      const from = at.offset;
      const keyEnd = this.keyEnd(from);
      if (keyEnd <= 0) throw NOT_PLAIN;
      const key = this.plain(from, keyEnd);
      seen = noDuplicate(open, before, key.text, seen);
      at.offset = this.skipFlow(keyEnd + 1);
      const value = this.flowValue(at);
      open.push({ key, value, range: this.place(from, this.endOf(value)) });
      this.afterFlowItem(at, CLOSE_MAP);
    }
    at.offset++;
    return { kind: 'map', entries: takenFrom(open, before), flow: true, range: this.place(start, at.offset) };
  }

  /** A comma and what is blank around it, or the bracket that closes. */
  private afterFlowItem(at: { offset: number }, close: number): void {
    at.offset = this.skipFlow(at.offset);
    const code = this.inFlow(at.offset);
    if (code === close) return;
    if (code !== COMMA) throw NOT_PLAIN;
    at.offset = this.skipFlow(at.offset + 1);
  }

  /** Past blanks and line breaks in a flow collection. */
  private skipFlow(from: number): number {
    let at = this.skipSpaces(from);
    if (at < this.lineEnd) return at;
    this.nextLine();
    at = this.content;
    if (this.column <= this.around || this.line !== this.done) throw NOT_PLAIN;
    return at;
  }

  private inFlow(at: number): number {
    if (at >= this.lineEnd) throw NOT_PLAIN;
    return this.text.charCodeAt(at);
  }

  private flowValue(at: { offset: number }): Node {
    const from = at.offset;
    const text = this.text;
    const first = this.inFlow(from);
    if (first === QUOTE || first === DOUBLE || first === OPEN_LIST || first === OPEN_MAP) return this.flow(at);
    if (!mayStart(first, from + 1 < this.lineEnd ? text.charCodeAt(from + 1) : SPACE)) throw NOT_PLAIN;
    let to = from;
    for (; to < this.lineEnd; to++) {
      const code = text.charCodeAt(to);
      if (code === COMMA || code === CLOSE_LIST || code === CLOSE_MAP) break;
      const bad = code === OPEN_LIST || code === OPEN_MAP || code === TAB || code === RETURN;
      if (bad || code === HASH || (code === COLON && endsKey(to + 1 < this.lineEnd ? text.charCodeAt(to + 1) : SPACE)))
        throw NOT_PLAIN;
    }
    at.offset = to;
    while (text.charCodeAt(to - 1) === SPACE) to--;
    // "[-]" and the like.
    if (to === from) throw NOT_PLAIN;
    return this.plain(from, to);
  }

  /** A literal or folded scalar below a key or dash of `column`. */
  private blockScalar(from: number, column: number): ScalarNode {
    const text = this.text;
    const style = text.charCodeAt(from) === PIPE ? 'literal' : 'folded';
    let at = from + 1;
    const chomp = at < this.lineEnd ? text.charCodeAt(at) : SPACE;
    if (chomp === DASH || chomp === 0x2b) at++;
    const rest = this.skipSpaces(at);
    if (rest < this.lineEnd && !(rest > at && text.charCodeAt(rest) === HASH)) throw NOT_PLAIN;

    const lines: string[] = [];
    let indent = -1;
    let end = this.afterBreak(this.lineEnd);
    let line = end;
    let blanks = 0;
    while (line < this.to) {
      let content = line;
      while (content < this.to && text.charCodeAt(content) === SPACE) content++;
      let next = text.indexOf('\n', content);
      if (next < 0 || next >= this.to) next = this.to;
      const lineEnd = next > content && text.charCodeAt(next - 1) === RETURN ? next - 1 : next;
      const after = Math.min(next + 1, this.to);
      if (content >= lineEnd) {
        // Blanks that reach further than the text, and blank lines before it, are for the library.
        if (indent < 0 || content - line > indent) throw NOT_PLAIN;
        blanks++;
        line = after;
        continue;
      }
      if (indent < 0) {
        indent = content - line;
        if (indent <= column) throw NOT_PLAIN;
      } else if (content - line < indent) break;
      if (content - line > indent && style === 'folded') throw NOT_PLAIN;
      for (; blanks > 0; blanks--) lines.push('');
      lines.push(text.slice(line + indent, lineEnd));
      end = after;
      line = after;
    }
    // A text that is kept to its last break, and one that ends without a break, are for the library.
    if (lines.length === 0 || chomp === 0x2b || text.charCodeAt(end - 1) !== NEWLINE) throw NOT_PLAIN;
    const value = (style === 'literal' ? lines.join('\n') : folded(lines)) + (chomp === DASH ? '' : '\n');
    if (value.includes('\t') || value.includes('\r')) throw NOT_PLAIN;
    this.done = end;
    this.goTo(line);
    if (this.column > column) throw NOT_PLAIN;
    return { kind: 'scalar', value, text: value, style, range: this.place(from, end) };
  }

  private place(start: number, end: number): Place {
    return new Place(this.anchor, start - this.from, end - this.from);
  }

  /** Where a node ends in the text. */
  private endOf(node: Node): number {
    return node.range.end - this.anchor.at + this.from;
  }
}

/** Letters, digits and what stands between them in names. */
function isKeyCharacter(code: number): boolean {
  const lower = code | 0x20;
  return (
    (lower >= 0x61 && lower <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === DASH ||
    code === 0x2e ||
    code === 0x2f
  );
}

/** Whether a plain scalar may start with `code` before `next`: no indicator (YAML 1.2.2, 7.3.3), and no "?" or ":" at all. */
function mayStart(code: number, next: number): boolean {
  if (code === DASH) return next !== SPACE && next !== COMMA && next !== CLOSE_LIST && next !== CLOSE_MAP;
  // What cannot be seen, and a byte order mark, are for the library.
  if (code <= SPACE || code === 0xfeff) return false;
  return !NO_START.has(code);
}

const NO_START: ReadonlySet<number> = new Set([...'?:,[]{}#&*!|>\'"%@`'].map((char) => char.charCodeAt(0)));

/** Whether a colon before this ends a key in a flow collection. */
function endsKey(code: number): boolean {
  return (
    code === SPACE ||
    code === COMMA ||
    code === CLOSE_LIST ||
    code === CLOSE_MAP ||
    code === OPEN_LIST ||
    code === OPEN_MAP
  );
}

/**
 * What was put on a stack since it had `before` things, in a list of just that length: one that grew has room for 16 more,
 * and there are tens of thousands.
 */
function takenFrom<T>(stack: T[], before: number): T[] {
  const taken = stack.slice(before);
  stack.length = before;
  return taken;
}

/**
 * Two keys of one name are for the library. `open` has the entries of the map from `from` on. Most maps are small; for a
 * large one the names are kept.
 */
function noDuplicate(
  open: readonly Entry[],
  from: number,
  key: string,
  seen: Set<string> | undefined,
): Set<string> | undefined {
  if (open.length - from < 12) {
    for (let at = from; at < open.length; at++) if (open[at]?.key.text === key) throw NOT_PLAIN;
    return undefined;
  }
  const names = seen ?? new Set(open.slice(from).map((entry) => entry.key.text));
  if (names.has(key)) throw NOT_PLAIN;
  return names.add(key);
}

/** Lines without blanks before them, folded: a break is a space, further ones stay (YAML 1.2.2, 8.1.3). */
function folded(lines: readonly string[]): string {
  let value = '';
  let blanks = 0;
  for (const [index, line] of lines.entries()) {
    if (line === '') {
      blanks++;
      continue;
    }
    if (index > 0) value += blanks > 0 ? '\n'.repeat(blanks) : ' ';
    value += line;
    blanks = 0;
  }
  return value;
}

/** What stands between double quotes; only escapes JSON has, too. */
function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => {
    const value = ESCAPES.get(char);
    if (value === undefined) throw NOT_PLAIN;
    return value;
  });
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
]);
