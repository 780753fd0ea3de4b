import type { Range, ScalarNode } from './tree.js';

/**
 * Where characters `start` to `end` of a scalar's decoded text stand in the file. `text` is the file's. Offsets are UTF-16
 * code units. What decoding made of several characters (an escape, a folded line break) is covered whole.
 */
export function sourceRange(node: ScalarNode, text: string, start: number, end: number): Range {
  return sourceRangesIn(node, text)(start, end);
}

/** The same for many stretches of one scalar, which is read once. */
export function sourceRangesIn(node: ScalarNode, text: string): (start: number, end: number) => Range {
  const first = asWritten(node, text);
  if (first !== undefined) {
    const at = (index: number): number => first + Math.max(0, Math.min(index, node.text.length));
    return (start, end) => ({ start: at(start), end: at(Math.max(start, end)) });
  }
  const units = unitsOf(node, text);
  const place = (index: number): Range => units[Math.max(0, index)] ?? endOf(node, units);
  return (start, end) => {
    const from = place(start).start;
    return { start: from, end: end > start ? Math.max(from, place(end - 1).end) : from };
  };
}

/** Where the decoded text begins in the file, if it stands there as it is: most scalars do. */
function asWritten(node: ScalarNode, text: string): number | undefined {
  if (node.style === 'literal' || node.style === 'folded') return undefined;
  const quote = node.style === 'plain' ? 0 : 1;
  const first = node.range.start + quote;
  const last = node.range.end - (quote === 1 && closed(node, text) ? 1 : 0);
  return last - first === node.text.length && text.startsWith(node.text, first) ? first : undefined;
}

/** Where the text ends: right after its last character, inside the quotes. */
function endOf(node: ScalarNode, units: readonly Range[]): Range {
  const quote = node.style === 'single' || node.style === 'double' ? 1 : 0;
  const at = units.at(-1)?.end ?? Math.min(node.range.start + quote, node.range.end);
  return { start: at, end: at };
}

/** For each UTF-16 unit of the decoded text the characters of the file it was made of. */
function unitsOf(node: ScalarNode, text: string): readonly Range[] {
  const { start, end } = node.range;
  switch (node.style) {
    case 'plain':
      return flowUnits(text, start, end, undefined);
    case 'single':
    case 'double':
      return flowUnits(text, start + 1, closed(node, text) ? end - 1 : end, node.style);
    case 'literal':
    case 'folded':
      return blockUnits(node, text);
  }
}

function closed({ range, style }: ScalarNode, text: string): boolean {
  return range.end - range.start > 1 && text[range.end - 1] === (style === 'single' ? "'" : '"');
}

/** Flow scalars (YAML 1.2.2, 7.3): blanks around a line break go with it; one break is a space, each further one stays. */
function flowUnits(text: string, from: number, to: number, quote: 'single' | 'double' | undefined): readonly Range[] {
  const units: Range[] = [];
  let at = from;
  while (at < to) {
    const fold = foldAt(text, at, to);
    const length = fold?.length ?? (quote === undefined ? 1 : quotedLength(text, at, quote));
    const range = { start: at, end: Math.min(to, at + length) };
    if (fold) for (let unit = 0; unit < Math.max(1, fold.breaks - 1); unit++) units.push(range);
    else for (let unit = 0; unit < unitsIn(text, at, length, quote); unit++) units.push(range);
    at += length;
  }
  return units;
}

/** Blanks and line breaks from `at` on, if there is a break among them; blanks alone are text. */
function foldAt(
  text: string,
  at: number,
  to: number,
): { readonly length: number; readonly breaks: number } | undefined {
  let end = at;
  let breaks = 0;
  for (; end < to; end++) {
    const char = text[end];
    if (char === '\n' || (char === '\r' && text[end + 1] !== '\n')) breaks++;
    else if (char !== ' ' && char !== '\t' && char !== '\r') break;
  }
  return breaks === 0 ? undefined : { length: end - at, breaks };
}

function quotedLength(text: string, at: number, quote: 'single' | 'double'): number {
  if (quote === 'single') return text.startsWith("''", at) ? 2 : 1;
  if (text[at] !== '\\') return 1;
  const code = { x: 4, u: 6, U: 10 }[text[at + 1] ?? ''];
  if (code !== undefined) return code;
  return isContinued(text, at) ? 1 + (/^(?:\r\n|\r|\n)[ \t]*/.exec(text.slice(at + 1))?.[0].length ?? 1) : 2;
}

/** How many UTF-16 units stand in the text for `length` characters of the file. */
function unitsIn(text: string, at: number, length: number, quote: 'single' | 'double' | undefined): number {
  if (quote !== 'double' || text[at] !== '\\') return 1;
  if (isContinued(text, at)) return 0;
  return length === 10 && Number.parseInt(text.slice(at + 2, at + 10), 16) > 0xffff ? 2 : 1;
}

/** A backslash at the end of a line: the line goes on without a space. */
function isContinued(text: string, at: number): boolean {
  return text[at + 1] === '\n' || text[at + 1] === '\r';
}

/** Block scalars (YAML 1.2.2, 8.1): each line loses its indentation; folding turns single breaks into spaces. */
function blockUnits(node: ScalarNode, text: string): readonly Range[] {
  const source = text.slice(node.range.start, node.range.end);
  const header = /^[^\r\n]*(?:\r\n|\r|\n)?/.exec(source)?.[0].length ?? 0;
  const body = source.slice(header);
  const indent = Math.max(0, firstIndent(body) - firstIndent(node.text));
  const base = node.range.start + header;
  const units: Range[] = [];
  let at = 0;
  let lineStart = true;
  while (units.length < node.text.length) {
    const wanted = node.text[units.length];
    if (lineStart) at += /^ */.exec(body.slice(at, at + indent))?.[0].length ?? 0;
    lineStart = false;
    const length = body.startsWith('\r\n', at) ? 2 : 1;
    const here = body[at];
    const range = { start: Math.min(base + at, node.range.end), end: Math.min(base + at + length, node.range.end) };
    if (here === '\n' || here === '\r') {
      lineStart = true;
      at += length;
      if (wanted === '\n' || (wanted === ' ' && node.style === 'folded')) units.push(range);
    } else {
      at += 1;
      units.push(range);
    }
  }
  return units;
}

/** Blanks before the first line with text: what the file has more of them than the text is the block's indentation. */
function firstIndent(lines: string): number {
  return /^(?:[ \t]*(?:\r\n|\r|\n))*( *)\S/.exec(lines)?.[1]?.length ?? 0;
}
