/** A line with something on it that is no comment. */
export interface ContentLine {
  readonly start: number;
  /** How far it is indented. */
  readonly column: number;
  /** Column of what follows its dashes. */
  readonly content: number;
  readonly isItem: boolean;
}

/** The start of the line `at` is on. Lines end with `\n`; a `\r` before it is white space. */
export function lineStart(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

/** The end of the line `at` is on, without its break. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  if (end < 0) return text.length;
  return end > at && text[end - 1] === '\r' ? end - 1 : end;
}

/** Length of a line, or of its rest, without a comment and the white space before it. */
export function contentEnd(line: string): number {
  if (/^\s*#/.test(line)) return 0;
  const comment = /\s#/.exec(line)?.index ?? line.length;
  return line.slice(0, comment).trimEnd().length;
}

/** The first line with content. */
export function firstContent(text: string): ContentLine | undefined {
  return shapeOf(text, 0) ?? nextContent(text, lineEnd(text, 0));
}

/** The next line with content after the line that ends at `end`. */
export function nextContent(text: string, end: number): ContentLine | undefined {
  for (let at = text.indexOf('\n', end); at >= 0; at = text.indexOf('\n', at + 1)) {
    const line = shapeOf(text, at + 1);
    if (line) return line;
  }
  return undefined;
}

/** The nearest line with content above the line that starts at `start`. */
export function previousContent(text: string, start: number): ContentLine | undefined {
  for (let at = start; at > 0; ) {
    at = lineStart(text, at - 1);
    const line = shapeOf(text, at);
    if (line) return line;
  }
  return undefined;
}

/** The starts of the line at `start` and of those below it that are indented deeper: what moves with it. */
export function blockFrom(text: string, start: number): readonly number[] {
  const own = shapeOf(text, start);
  const starts = [start];
  if (!own) return starts;
  for (let next = nextContent(text, lineEnd(text, start)); next; next = nextContent(text, lineEnd(text, next.start))) {
    if (next.column <= own.column || starts.length > MAX_BLOCK) break;
    starts.push(next.start);
  }
  return starts;
}

const MAX_BLOCK = 500;

function shapeOf(text: string, start: number): ContentLine | undefined {
  const line = text.slice(start, lineEnd(text, start));
  const column = line.length - line.trimStart().length;
  if (column === line.length || line[column] === '#') return undefined;
  const content = /^\s*(?:-\s+)*/.exec(line)?.[0].length ?? column;
  return { start, column, content, isItem: /^-(\s|$)/.test(line.slice(column)) };
}

/** How many code units stand before `at` on its line. */
export function columnAt(text: string, at: number): number {
  return at - lineStart(text, at);
}
