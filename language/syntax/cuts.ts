import { countUpTo } from '../ascending.js';
import type { UnchangedEnds } from '../unchanged-ends.js';
import { DASH, HASH, NEWLINE, RETURN, SPACE } from './characters.js';

/** What a part is: an entry with all its value; an entry that has a list, up to its first item; an item. */
export type PartKind = 'entry' | 'head' | 'item';

/**
 * Where a file is cut into parts: at lines where a key stands in the first column, or a dash in that of its list. A part goes
 * up to the next, so there are no gaps. In lists of their own, as there are thousands.
 */
export interface Cuts {
  readonly kinds: readonly PartKind[];
  /** Where each part starts. */
  readonly froms: readonly number[];
  /** The column of the key or the dash. */
  readonly columns: readonly number[];
  /** Where the last part ends. */
  readonly end: number;
}

export interface Cut {
  readonly kind: PartKind;
  readonly from: number;
  readonly to: number;
  readonly column: number;
}

export function cutAt({ kinds, froms, columns, end }: Cuts, index: number): Cut {
  return {
    kind: kinds[index] ?? 'entry',
    from: froms[index] ?? end,
    to: froms[index + 1] ?? end,
    column: columns[index] ?? 0,
  };
}

/** The cuts of a text, and how many of them, at its start and at its end, are of parts that an earlier text had as well. */
export interface CutAgain {
  readonly cuts: Cuts;
  readonly same: UnchangedEnds;
}

/** Where to cut a text; `undefined` where its lines do not tell. */
export function cutsOf(text: string): Cuts | undefined {
  const cutter = new Cutter(text);
  return cutter.run(startOf(text)) ? cutter.cuts() : undefined;
}

/**
 * The same, of a text that is an earlier one with a change in its midst. Only around the change are lines looked at: from the
 * start of the part that holds it up to where a part starts that is as it was.
 */
export function cutAgain(text: string, before: Cuts, unchanged: UnchangedEnds): CutAgain | undefined {
  const line = unchanged.start === 0 ? 0 : text.lastIndexOf('\n', unchanged.start - 1) + 1;
  const first = restartAt(before, line);
  const cutter = new Cutter(text, { before, shift: text.length - before.end, from: text.length - unchanged.end });
  if (first > 0) cutter.startLike(before, first);
  if (!cutter.run(first > 0 ? (before.froms[first] ?? 0) : startOf(text))) return undefined;
  const cuts = cutter.cuts();
  // The change may stand right before the part it started from, and have become an end of the part before that.
  const last = first - 1;
  const whole = cuts.froms[first] === before.froms[first] && cuts.kinds[last] === before.kinds[last];
  return { cuts, same: { start: whole ? first : Math.max(0, last), end: cutter.rejoined } };
}

/** The last part that starts no later than a line, where what was before tells how to go on. */
function restartAt({ kinds, froms }: Cuts, line: number): number {
  let at = countUpTo(froms.length, (index) => froms[index] ?? 0, line) - 1;
  // That a list begins is told by all of the entry before it.
  while (at > 0 && kinds[at] === 'item' && kinds[at - 1] !== 'item') at--;
  return Math.max(0, at);
}

const KEY = /^[A-Za-z_][\w.-]*:(?= |\r?\n|$)/;

/** Where an earlier text goes on unchanged. */
interface Rest {
  readonly before: Cuts;
  /** How much further everything there is in the text now. */
  readonly shift: number;
  /** From where on the text is as it was. */
  readonly from: number;
}

class Cutter {
  readonly #text: string;
  readonly #rest: Rest | undefined;
  #kinds: PartKind[] = [];
  #froms: number[] = [];
  #columns: number[] = [];
  /** The part that has begun. Only when its list begins is it known to be a head. */
  #open: { kind: 'entry' | 'item'; from: number; column: number } | undefined;
  /** The column of the dashes of the list the lines are in; -1 in none. */
  #list = -1;
  /** So many cuts of the earlier text follow. */
  rejoined = 0;

  constructor(text: string, rest?: Rest) {
    this.#text = text;
    this.#rest = rest;
  }

  /** As if it had come to the start of this part of the earlier text. */
  startLike({ kinds, froms, columns }: Cuts, first: number): void {
    const last = first - 1;
    this.#kinds = kinds.slice(0, last);
    this.#froms = froms.slice(0, last);
    this.#columns = columns.slice(0, last);
    const kind = kinds[last] === 'item' ? 'item' : 'entry';
    this.#open = { kind, from: froms[last] ?? 0, column: columns[last] ?? 0 };
    this.#list = kind === 'item' ? this.#open.column : -1;
  }

  /** Whether all lines from here on tell where to cut, or the rest was cut before. */
  run(from: number): boolean {
    const text = this.#text;
    for (let line = from; line < text.length; ) {
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
      const open = this.#open;
      if (column === 0 && !dash) {
        if (!isKeyAt(text, line, after)) return false;
        if (this.#begin('entry', open ? line : from, 0, -1)) return true;
      } else if (!open) {
        return false;
      } else if (this.#list >= 0) {
        if (column < this.#list || (column === this.#list && !dash)) return false;
        if (column === this.#list && this.#begin('item', line, column, column)) return true;
      } else if (dash && open.kind === 'entry' && isBareKey(text, open.from, line)) {
        this.#push('head', open.from, 0);
        this.#open = { kind: 'item', from: line, column };
        this.#list = column;
      } else if (column === 0) return false;
      line = after;
    }
    return this.#close() > 0;
  }

  cuts(): Cuts {
    return { kinds: this.#kinds, froms: this.#froms, columns: this.#columns, end: this.#text.length };
  }

  /** Begins a part; whether it is one from where on all is as it was cut before, which then is taken over. */
  #begin(kind: 'entry' | 'item', from: number, column: number, list: number): boolean {
    this.#close();
    this.#open = { kind, from, column };
    this.#list = list;
    return this.#rejoin();
  }

  #close(): number {
    const open = this.#open;
    if (open) this.#push(open.kind, open.from, open.column);
    return this.#froms.length;
  }

  #push(kind: PartKind, from: number, column: number): void {
    this.#kinds.push(kind);
    this.#froms.push(from);
    this.#columns.push(column);
  }

  #rejoin(): boolean {
    const open = this.#open;
    if (!this.#rest || !open || open.from < this.#rest.from) return false;
    const { before, shift } = this.#rest;
    const at = indexOf(before.froms, open.from - shift);
    // An entry begins the same way whatever was before it; an item only in a list of the same column.
    const same = open.kind === 'item' ? before.kinds[at] === 'item' : at >= 0 && before.kinds[at] !== 'item';
    if (!same || before.columns[at] !== open.column) return false;
    this.#kinds = this.#kinds.concat(before.kinds.slice(at));
    const froms = before.froms.slice(at);
    if (shift !== 0) for (let index = 0; index < froms.length; index++) froms[index] = (froms[index] ?? 0) + shift;
    this.#froms = this.#froms.concat(froms);
    this.#columns = this.#columns.concat(before.columns.slice(at));
    this.rejoined = before.froms.length - at;
    return true;
  }
}

/** The index of a number in an ascending list, or -1. */
function indexOf(values: readonly number[], wanted: number): number {
  const at = countUpTo(values.length, (index) => values[index] ?? 0, wanted) - 1;
  return values[at] === wanted ? at : -1;
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
