import { Composer, Lexer, Parser, type YAMLError } from 'yaml';
import type { Fault } from './fault.js';
import { type ContentLine, lineEnd, lineStart, nextContent, previousContent } from './line-shape.js';
import { patchText } from './patched-text.js';

/** Lines above the place of an error that may be the one that slipped, and lines below it. */
const ABOVE = 5;
const BELOW = 1;
/** Longer stretches are not tried: a keystroke has to stay quick. */
const MAX_STRETCH = 6_000;

/** What may still be read in search of slips, in UTF-16 code units: one reading of a text shares it among its faults. */
export interface Effort {
  left: number;
}

/**
 * `simple`, what the error itself suggests, where that mends the text around it; else the one line whose other indentation
 * makes that text YAML again. The reader complains where nothing fits any more, which may be lines below the one that
 * slipped; so lines near there are tried at the columns in use around them, those that stand where no other does first.
 * `simple` again when no single line is to blame.
 */
export function slippedLine(
  text: string,
  error: Pick<YAMLError, 'code' | 'pos' | 'message'>,
  simple: Fault,
  effort: Effort,
): Fault {
  return (isAboutIndentation(error) ? search(text, error, simple, effort) : undefined) ?? simple;
}

function search(text: string, error: Pick<YAMLError, 'pos'>, simple: Fault, effort: Effort): Fault | undefined {
  const lines = linesAround(text, Math.min(error.pos[0], Math.max(0, text.length - 1)));
  const first = lines[0];
  const last = lines.at(-1);
  if (!first || !last) return undefined;
  const start = stretchStart(text, first);
  const end = stretchEnd(text, last, shapeAt(text, start)?.column ?? 0);
  if (end - start > MAX_STRETCH) return undefined;
  const stretch = text.slice(start, end);
  const isWithin = ({ range }: Fault['patch'][number]): boolean => start <= range.start && range.end <= end;
  if (simple.patch.length > 0 && simple.patch.every(isWithin)) {
    const edits = simple.patch.map(({ range, newText }) => ({
      range: { start: range.start - start, end: range.end - start },
      newText,
    }));
    if (isSound(patchText(stretch, edits).text)) return simple;
  }
  const used = columnsIn(stretch);
  const columns = [...used.keys()];
  const tries = lines
    .filter((line) => line.start > start || start === 0)
    .flatMap((line) =>
      columns
        .filter((column) => column !== line.column)
        .map((column) => ({ line, column, slip: slipOf(text, line, column, used) })),
    )
    .sort((a, b) => a.slip - b.slip || b.line.start - a.line.start);
  for (const { line, column } of tries) {
    effort.left -= stretch.length;
    if (effort.left < 0) return undefined;
    const at = line.start - start;
    const moved = `${stretch.slice(0, at)}${' '.repeat(column)}${stretch.slice(at + line.column)}`;
    if (!isSound(moved)) continue;
    const word = line.start + line.column;
    const range = {
      start: word,
      end: word + (/^\S+?(?=:?(?:\s|$))/.exec(text.slice(word, word + 120))?.[0].length ?? 1),
    };
    return {
      range,
      message:
        'This line is indented differently from the lines it belongs with. Give all keys of a map, and all items of a list, the same indentation.',
      patch: [{ range: { start: line.start, end: word }, newText: ' '.repeat(column) }],
      fixes: [
        {
          title: `Indent it by ${column}`,
          edits: [{ range: { start: line.start, end: word }, newText: ' '.repeat(column) }],
          safe: false,
        },
      ],
    };
  }
  return undefined;
}

function isAboutIndentation({ code, message }: Pick<YAMLError, 'code' | 'message'>): boolean {
  switch (code) {
    case 'BAD_INDENT':
      return !/flow/i.test(message);
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'TAB_AS_INDENT':
      return true;
    case 'MISSING_CHAR':
      return /without - indicator/.test(message);
    default:
      return false;
  }
}

/** The lines with content near a place, in order. */
function linesAround(text: string, at: number): readonly ContentLine[] {
  const here = shapeAt(text, lineStart(text, at)) ?? previousContent(text, lineStart(text, at));
  if (!here) return [];
  const lines = [here];
  for (let line = previousContent(text, here.start); line && lines.length <= ABOVE; ) {
    lines.unshift(line);
    line = previousContent(text, line.start);
  }
  for (let line = nextContent(text, lineEnd(text, here.start)), below = 0; line && below < BELOW; below++) {
    lines.push(line);
    line = nextContent(text, lineEnd(text, line.start));
  }
  return lines;
}

/** Where the item of a list, or the key of the top level, begins that a line is in. */
function stretchStart(text: string, from: ContentLine): number {
  let at: ContentLine | undefined = from;
  while (at && !(at.column === 0 || (at.isItem && at.column <= 2))) at = previousContent(text, at.start);
  return at?.start ?? 0;
}

/** The end of what follows a line and is indented deeper than `column`, with the first line that is not; or the next step. */
function stretchEnd(text: string, from: ContentLine, column: number): number {
  for (let line = nextContent(text, lineEnd(text, from.start)); line; ) {
    if (line.column <= column || (line.isItem && line.column <= 2)) return lineEnd(text, line.start);
    line = nextContent(text, lineEnd(text, line.start));
  }
  return text.length;
}

function shapeAt(text: string, start: number): ContentLine | undefined {
  const line = nextContent(`\n${text.slice(start, lineEnd(text, start))}`, 0);
  return line && { ...line, start };
}

/** Columns at which lines, and what follows their dashes, begin, with how many lines do. */
function columnsIn(stretch: string): ReadonlyMap<number, number> {
  const columns = new Map<number, number>();
  for (const [, blanks = '', dashes = ''] of stretch.matchAll(/^( *)((?:- +)*)\S/gm)) {
    for (const column of new Set([blanks.length, blanks.length + dashes.length]))
      columns.set(column, (columns.get(column) ?? 0) + 1);
    if (columns.size > 16) break;
  }
  return columns;
}

/** How unlikely a slip is: least where the line has a tab, then where it stands where no other does; then how far it went. */
function slipOf(text: string, line: ContentLine, column: number, used: ReadonlyMap<number, number>): number {
  if (hasTab(text, line)) return 0;
  const alone = (used.get(line.column) ?? 0) <= 1 && (used.get(line.content) ?? 0) <= 1;
  return Math.abs(column - line.column) + (alone ? 0 : 1000);
}

function hasTab(text: string, line: ContentLine): boolean {
  return text.slice(line.start, line.start + line.column).includes('\t');
}

/** Whether a stretch reads as YAML without any fault, keys given twice included. */
function isSound(stretch: string): boolean {
  const parser = new Parser();
  const composer = new Composer({ schema: 'core', strict: false, prettyErrors: false, logLevel: 'silent' });
  const tokens = [];
  for (const lexeme of new Lexer().lex(stretch)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') return false;
      tokens.push(token);
    }
  }
  for (const token of parser.end()) tokens.push(token);
  const [document, ...more] = composer.compose(tokens, false, stretch.length);
  return document !== undefined && more.length === 0 && document.errors.length === 0;
}
