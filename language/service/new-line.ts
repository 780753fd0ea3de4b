import type { TextEdit } from '../problem.js';
import { contentEnd, lineEnd, lineStart, previousContent } from '../syntax/line-shape.js';

/**
 * What Enter is followed by, where the cursor now stands at `offset` of a new line with nothing on it. Behind an item that is
 * one word or text, the dash of the next one; behind a dash with nothing, the end of the list; else the indentation of what
 * can follow: the keys of a step, or what its last key holds. Nothing inside a text of several lines or in brackets. Looks at
 * the lines around only, so a long file costs no more than a short one.
 */
export function afterEnter(text: string, offset: number): TextEdit[] {
  const start = lineStart(text, offset);
  const end = lineEnd(text, start);
  if (start === 0 || text.slice(start, end).trim() !== '') return [];
  const above = lineStart(text, start - 1);
  const line = text.slice(above, lineEnd(text, above));
  const words = line.slice(0, contentEnd(line));
  const indent = /^ */.exec(line)?.[0] ?? '';
  if (words.trim() === '' || inText(text, above, indent.length) || inBrackets(text, above)) return [];
  const edit = (from: number, newText: string): TextEdit[] =>
    text.slice(from, end) === newText ? [] : [{ range: { start: from, end }, newText }];
  const dashes = /^ *(?:- +)*/.exec(words)?.[0] ?? indent;
  const rest = words.slice(dashes.length);
  if (rest === '-' || rest === '') {
    // The line of the dash and the new one become one, where what the list belongs to could go on.
    const owner = previousContent(text, above);
    return dashes.trim() !== '' || owner === undefined
      ? []
      : edit(above, ' '.repeat(ownerColumn(text, above, indent.length)));
  }
  const opens = /(^|[^:]):$/.test(rest) || /: *[|>][-+\d]*$/.test(rest) || /^[|>][-+\d]*$/.test(rest);
  if (opens) return edit(start, ' '.repeat(dashes.length + 2));
  const isWord = dashes.trim() !== '' && !/^[[{]/.test(rest) && !isPair(rest);
  return edit(start, isWord ? dashes : ' '.repeat(dashes.length));
}

/** `key: value`, quoted or not. */
function isPair(rest: string): boolean {
  if (/^["']/.test(rest)) return /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*:(\s|$)/.test(rest);
  return /:(\s|$)/.test(rest);
}

/** The column of the key whose list has its dashes at `column`. */
function ownerColumn(text: string, from: number, column: number): number {
  for (let line = previousContent(text, from); line; line = previousContent(text, line.start)) {
    // A list may stand in its key's own column.
    if (line.column < column || (line.column === column && !line.isItem))
      return line.column < column ? line.content : column;
  }
  return 0;
}

/** Whether the line at `start` is part of a text below a `|` or `>`. */
function inText(text: string, start: number, indent: number): boolean {
  let column = indent;
  for (let line = previousContent(text, start); line && column > 0; line = previousContent(text, line.start)) {
    if (line.column >= column) continue;
    column = line.column;
    const words = text.slice(line.start, lineEnd(text, line.start));
    if (/(^|[:-] +)[|>][-+\d]*$/.test(words.slice(0, contentEnd(words)).trim())) return true;
  }
  return false;
}

/** Lines above that are looked through for an open bracket. */
const LOOKED = 40;

/** Whether a bracket or a quote that a line near above opens is still open at the end of the line at `start`. */
function inBrackets(text: string, start: number): boolean {
  const end = lineEnd(text, start);
  for (let from = start, count = 0; count < LOOKED; count++) {
    if (opened(text.slice(from, lineEnd(text, from))) && opened(text.slice(from, end))) return true;
    if (from === 0) return false;
    from = lineStart(text, from - 1);
  }
  return false;
}

/** Whether a text ends within brackets or a quote that it opens. */
function opened(text: string): boolean {
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === '\\' && quote === '"') at++;
      else if (char === quote) quote = '';
    } else if ((char === '"' || char === "'") && /(^|[\s,[{])$/.test(text.slice(Math.max(0, at - 1), at))) quote = char;
    else if (char === '#' && /(^|\s)$/.test(text.slice(Math.max(0, at - 1), at))) {
      const end = text.indexOf('\n', at);
      if (end < 0) break;
      at = end;
    } else if (
      (char === '[' || char === '{') &&
      (depth > 0 || /(^|[\s:-]\s*)$/.test(text.slice(Math.max(0, at - 2), at)))
    )
      depth++;
    else if ((char === ']' || char === '}') && depth > 0) depth--;
  }
  return depth > 0 || quote !== '';
}
