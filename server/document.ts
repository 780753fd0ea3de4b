import type { Position, Range } from 'vscode-languageserver/node';
import type { TextDocument, TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import { charactersBetween, type Encoding, offsetAfter } from './positions.js';

const LF = 10;
const CR = 13;

/**
 * A text at one version, with positions in the encoding its client counts in. It never changes: a change makes a new
 * document, so whoever waits for something keeps a text and the positions in it together. Lines end with `\n`, `\r\n` or a
 * lone `\r`; what lies outside the text counts as its nearest end.
 */
export class Document implements TextDocument {
  #starts: readonly number[] | undefined;

  constructor(
    readonly uri: string,
    readonly languageId: string,
    readonly version: number,
    readonly text: string,
    readonly encoding: Encoding,
    starts?: readonly number[],
  ) {
    this.#starts = starts;
  }

  get lineCount(): number {
    return this.#lineStarts().length;
  }

  getText(range?: Range): string {
    return range ? this.text.slice(this.offsetAt(range.start), this.offsetAt(range.end)) : this.text;
  }

  positionAt(offset: number): Position {
    const starts = this.#lineStarts();
    const wanted = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= wanted) low = middle;
      else high = middle - 1;
    }
    const start = starts[low] ?? 0;
    const end = Math.min(wanted, this.#endOf(low));
    return { line: low, character: charactersBetween(this.text, start, end, this.encoding) };
  }

  offsetAt({ line, character }: Position): number {
    if (line < 0) return 0;
    const start = this.#lineStarts()[line];
    return start === undefined
      ? this.text.length
      : offsetAfter(this.text, start, this.#endOf(line), character, this.encoding);
  }

  getLineRange(line: number): Range {
    const at = Math.max(0, Math.min(line, this.lineCount - 1));
    return { start: { line: at, character: 0 }, end: this.positionAt(this.#endOf(at)) };
  }

  getEOLCharacters(line: number): string {
    const next = this.#lineStarts()[line + 1];
    return next === undefined ? '' : this.text.slice(this.#endOf(line), next);
  }

  /** The document after changes, each of which is in terms of the text that those before it left. */
  changed(changes: readonly TextDocumentContentChangeEvent[], version: number): Document {
    let document: Document = this;
    for (const change of changes) document = document.#with(change, version);
    return document;
  }

  #with(change: TextDocumentContentChangeEvent, version: number): Document {
    const { uri, languageId, encoding, text } = this;
    if (!('range' in change)) return new Document(uri, languageId, version, change.text, encoding);
    const one = this.offsetAt(change.range.start);
    const other = this.offsetAt(change.range.end);
    const start = Math.min(one, other);
    const end = Math.max(one, other);
    const after = text.slice(0, start) + change.text + text.slice(end);
    const starts = this.#starts && spliced(this.#starts, after, start, end, change.text.length);
    return new Document(uri, languageId, version, after, encoding, starts);
  }

  #lineStarts(): readonly number[] {
    this.#starts ??= [0, ...lineStarts(this.text, 0, this.text.length)];
    return this.#starts;
  }

  /** Where a line ends, its line break left out. */
  #endOf(line: number): number {
    const starts = this.#lineStarts();
    const next = starts[line + 1];
    if (next === undefined) return this.text.length;
    return this.text.charCodeAt(next - 1) === LF &&
      this.text.charCodeAt(next - 2) === CR &&
      next - 2 >= (starts[line] ?? 0)
      ? next - 2
      : next - 1;
  }
}

/** Where lines start, as far as the line breaks before them lie from `from` up to `to`. */
function lineStarts(text: string, from: number, to: number): number[] {
  const starts: number[] = [];
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) starts.push(at + 1);
  }
  return starts;
}

/**
 * The line starts of a text that got `length` characters in the place of those from `start` to `end`. Only around the
 * change are line breaks looked for: a `\r` before it or a `\n` behind it may have got, or lost, its other half.
 */
function spliced(before: readonly number[], text: string, start: number, end: number, length: number): number[] {
  const kept = firstNotBelow(before, start);
  const rest = firstNotBelow(before, end + 2);
  const shift = start + length - end;
  const from = before[kept - 1] ?? 0;
  const found = lineStarts(text, from, Math.min(text.length, start + length + 1));
  const head = before.slice(0, Math.max(1, kept));
  const tail = before.slice(rest);
  if (shift !== 0) for (let index = 0; index < tail.length; index++) tail[index] = (tail[index] ?? 0) + shift;
  return head.concat(found, tail);
}

/** The first index of an ascending list whose value is not below `limit`. */
function firstNotBelow(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
