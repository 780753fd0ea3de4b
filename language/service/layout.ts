import { type CST, Parser } from 'yaml';
import { indexLines, type LineIndex } from '../syntax/lines.js';
import type { Range } from '../syntax/tree.js';

/** Where the lines of a text are to begin, read off its concrete syntax: a column for each line that is to be placed. */
export interface Layout {
  readonly lines: LineIndex;
  /** The new column of a line, by its number; a line without one stays where it is. */
  readonly columns: ReadonlyMap<number, number>;
  /** White space between a dash and what follows it on its line. */
  readonly gaps: readonly Range[];
  /** Lines whose end is part of a text of several lines: nothing there is white space only. */
  readonly textLines: ReadonlySet<number>;
  /** Flow collections, outermost only. */
  readonly flows: readonly CST.FlowCollection[];
}

interface Work {
  readonly text: string;
  readonly lines: LineIndex;
  readonly size: number;
  readonly within: (line: number) => boolean;
  readonly columns: Map<number, number>;
  readonly gaps: Range[];
  readonly textLines: Set<number>;
  readonly flows: CST.FlowCollection[];
  /** What follows a dash on its line, by the line: its old column and its new one. */
  readonly behindDash: Map<number, { readonly old: number; readonly now: number }>;
}

/**
 * Lays out a text that is sound YAML without anchors and tags. Lists are indented below their keys, everything by `size`; what
 * follows a dash stands one space behind it. Lines outside `within` stay, and so does every collection that has a member
 * there. `undefined` where the text has several documents or explicit keys.
 */
export function layOut(text: string, size: number, within: (line: number) => boolean): Layout | undefined {
  const work: Work = {
    text,
    lines: indexLines(text),
    size,
    within,
    columns: new Map(),
    gaps: [],
    textLines: new Set(),
    flows: [],
    behindDash: new Map(),
  };
  let documents = 0;
  for (const token of new Parser().parse(text)) {
    if (token.type !== 'document') continue;
    documents++;
    if (documents > 1 || (token.value && !block(work, token.value, 0, 0))) return undefined;
  }
  placeComments(work);
  return work;
}

/** Places a value whose first line is its own; `false` for what the language does not have. */
function block(work: Work, token: CST.Token, column: number, shift: number): boolean {
  switch (token.type) {
    case 'block-map':
      return map(work, token, column);
    case 'block-seq':
      return list(work, token, column);
    default: {
      const at = startOf(token);
      const old = columnAt(work, at);
      // A text at the top has nothing to be indented below.
      const moves = isFirstOnLine(work, at) && work.within(lineOf(work, at)) && shift !== 0;
      if (moves) put(work, at, column);
      leaf(work, token, moves ? column - old : 0);
      return true;
    }
  }
}

function map(work: Work, token: CST.BlockMap, wanted: number): boolean {
  const items = token.items.filter((item) => item.key || item.sep);
  const starts = items.map((item) => (item.key ? startOf(item.key) : (item.sep?.[0]?.offset ?? token.offset)));
  const first = starts[0];
  if (first === undefined) return true;
  const old = columnAt(work, first);
  const column = starts.every((start) => work.within(lineOf(work, start))) ? wanted : old;
  return items.every((item, index) => {
    if (item.start.some((one) => one.type === 'explicit-key-ind')) return false;
    const start = starts[index] ?? first;
    put(work, start, column);
    if (item.key) leaf(work, item.key, column - old);
    if (!item.value) return true;
    if (lineOf(work, startOf(item.value)) === lineOf(work, start)) {
      leaf(work, item.value, column - old);
      return true;
    }
    return block(work, item.value, column + work.size, 1);
  });
}

function list(work: Work, token: CST.BlockSequence, wanted: number): boolean {
  const dashes = token.items.map((item) => item.start.find((one) => one.type === 'seq-item-ind')?.offset);
  const first = dashes.find((dash) => dash !== undefined);
  if (first === undefined) return true;
  const old = columnAt(work, first);
  const isWithin = (dash: number | undefined): boolean => dash === undefined || work.within(lineOf(work, dash));
  const column = dashes.every(isWithin) ? wanted : old;
  return token.items.every(({ value }, index) => {
    const dash = dashes[index];
    if (dash === undefined) return true;
    put(work, dash, column);
    if (!value) return true;
    const start = startOf(value);
    const line = lineOf(work, dash);
    if (lineOf(work, start) !== line) return block(work, value, column + 2, 1);
    if (work.within(line)) {
      if (start - dash !== 2) work.gaps.push({ start: dash + 1, end: start });
      work.behindDash.set(line, { old: columnAt(work, start), now: column + 2 });
    }
    if (value.type === 'block-map') return map(work, value, column + 2);
    if (value.type === 'block-seq') return list(work, value, column + 2);
    leaf(work, value, column - old);
    return true;
  });
}

/** The further lines of a text or a flow collection, which move as its first one does. */
function leaf(work: Work, token: CST.Token, shift: number): void {
  const start = startOf(token);
  const from = lineOf(work, start);
  const to = lineOf(work, Math.max(start, endOf(token) - 1));
  if (token.type === 'flow-collection') {
    work.flows.push(token);
    keepTexts(work, token);
  } else {
    keepLines(work, token, from, to);
  }
  for (let line = from + 1; line <= to; line++) {
    work.columns.set(line, Math.max(0, indentOf(work, line) + shift));
  }
}

/** The texts of several lines in a flow collection. */
function keepTexts(work: Work, token: CST.FlowCollection): void {
  for (const { key, value } of token.items) {
    for (const part of [key, value]) {
      if (part?.type === 'flow-collection') keepTexts(work, part);
      else if (part) keepLines(work, part, lineOf(work, startOf(part)), lineOf(work, endOf(part) - 1));
    }
  }
}

function keepLines(work: Work, token: CST.Token, from: number, to: number): void {
  const isBlock = token.type === 'block-scalar';
  for (let line = isBlock ? from + 1 : from; isBlock ? line <= to : line < to; line++) work.textLines.add(line);
}

/** Comments on lines of their own go with what they stand beside: with the line below if it begins in the same column. */
function placeComments(work: Work): void {
  const placed = new Map(work.columns);
  const isContent = (line: number): boolean => placed.has(line);
  for (let line = work.lines.lineCount - 1, below: number | undefined; line >= 0; line--) {
    if (isContent(line)) {
      below = line;
      continue;
    }
    const { start, end } = work.lines.lineRange(line);
    if (work.textLines.has(line) || !/^ *#/.test(work.text.slice(start, end))) continue;
    const old = indentOf(work, line);
    if (!work.within(line)) continue;
    const column =
      below !== undefined && indentOf(work, below) === old ? placed.get(below) : besideAbove(work, placed, line, old);
    const next = below === undefined ? undefined : shiftOf(work, placed, below);
    work.columns.set(line, Math.max(0, column ?? old + (next ?? 0)));
  }
}

/** Where what begins at column `old` above a line begins now. */
function besideAbove(work: Work, placed: ReadonlyMap<number, number>, from: number, old: number): number | undefined {
  for (let line = from - 1; line >= 0; line--) {
    const column = placed.get(line);
    if (column === undefined) continue;
    const behind = work.behindDash.get(line);
    if (behind?.old === old) return behind.now;
    const indent = indentOf(work, line);
    if (indent === old) return column;
    if (indent < old) return undefined;
  }
  return undefined;
}

function shiftOf(work: Work, placed: ReadonlyMap<number, number>, line: number): number {
  return (placed.get(line) ?? 0) - indentOf(work, line);
}

function put(work: Work, offset: number, column: number): void {
  if (!isFirstOnLine(work, offset)) return;
  const line = lineOf(work, offset);
  work.columns.set(line, work.within(line) ? column : columnAt(work, offset));
}

function isFirstOnLine(work: Work, offset: number): boolean {
  return indentOf(work, lineOf(work, offset)) === columnAt(work, offset);
}

/** White space a line begins with. */
function indentOf({ text, lines }: Work, line: number): number {
  const { start, end } = lines.lineRange(line);
  let at = start;
  while (at < end && (text[at] === ' ' || text[at] === '\t')) at++;
  return at - start;
}

function columnAt({ lines }: Work, offset: number): number {
  return lines.positionAt(offset).character;
}

function lineOf({ lines }: Work, offset: number): number {
  return lines.positionAt(offset).line;
}

/** Where a value's own words begin. */
function startOf(token: CST.Token): number {
  switch (token.type) {
    case 'block-scalar':
      return token.props[0]?.offset ?? token.offset;
    case 'flow-collection':
      return token.start.offset;
    case 'block-map': {
      const key = token.items[0]?.key;
      return key ? startOf(key) : (token.items[0]?.sep?.[0]?.offset ?? token.offset);
    }
    case 'block-seq':
      return token.items[0]?.start.find((one) => one.type === 'seq-item-ind')?.offset ?? token.offset;
    default:
      return token.offset;
  }
}

/** Where the words of a text or a flow collection end, comments behind them left out. */
function endOf(token: CST.Token): number {
  switch (token.type) {
    case 'block-scalar': {
      const header = token.props.reduce((sum, prop) => sum + ('source' in prop ? (prop.source?.length ?? 0) : 0), 0);
      return startOf(token) + header + token.source.length;
    }
    case 'flow-collection': {
      const close = token.end.find((one) => one.type === 'flow-map-end' || one.type === 'flow-seq-end');
      return close ? close.offset + 1 : token.start.offset + 1;
    }
    case 'block-map':
    case 'block-seq':
    case 'document':
      return token.offset + 1;
    default:
      return token.offset + token.source.length;
  }
}
