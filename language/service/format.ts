import type { CST } from 'yaml';
import type { TextEdit } from '../problem.js';
import { parseYaml } from '../syntax/parse.js';
import { patchText } from '../syntax/patched-text.js';
import { type Range, toJson } from '../syntax/tree.js';
import { type Layout, layOut } from './layout.js';

export interface FormatOptions {
  /** Columns per level. */
  readonly size: number;
  /** Only lines that touch this are changed. */
  readonly range?: Range;
  /** All three are so unless they are switched off. */
  readonly trimBlanks?: boolean;
  readonly finalNewline?: boolean;
  readonly trimFinalNewlines?: boolean;
}

/**
 * The smallest edits that lay a file out as the samples are: indentation, one space behind a dash, spaces in braces and behind
 * commas, no blanks at the end of lines, one line break at the end. They touch white space only and never what a text says:
 * quotes, texts of several lines, blank lines, comments and long lines stay as they are. None for a text that is no sound YAML,
 * and none where the result would read differently.
 */
export function format(text: string, options: FormatOptions): TextEdit[] {
  const tree = parseYaml(text);
  // A lone CR ends a line for YAML and not for the reader used here.
  if (tree.problems.length > 0 || /\r(?!\n)/.test(text) || text.trim() === '') return [];
  const from = options.range ? tree.lines.positionAt(options.range.start).line : 0;
  const end = options.range
    ? tree.lines.positionAt(options.range.end)
    : { line: Number.POSITIVE_INFINITY, character: 0 };
  // A selection that ends before the first character of a line does not hold that line.
  const to = end.character === 0 && end.line > from ? end.line - 1 : end.line;
  const within = (line: number): boolean => from <= line && line <= to;
  const layout = layOut(text, options.size, within);
  if (!layout) return [];
  const inner = [...indentEdits(text, layout, within), ...spacingEdits(text, layout, within)];
  if (options.trimBlanks !== false) inner.push(...trailingEdits(text, layout, within));
  const last = within(layout.lines.lineCount - 1) ? endEdits(text, options) : [];
  const before = JSON.stringify(toJson(tree.root));
  for (const edits of last.length > 0 ? [merged(inner, last), inner] : [inner]) {
    if (edits.length === 0) continue;
    const after = parseYaml(patchText(text, edits).text);
    if (after.problems.length === 0 && JSON.stringify(toJson(after.root)) === before) return edits;
  }
  return [];
}

function indentEdits(text: string, layout: Layout, within: (line: number) => boolean): TextEdit[] {
  const edits: TextEdit[] = layout.gaps.map((range) => ({ range, newText: ' ' }));
  for (const [line, column] of layout.columns) {
    const { start, end } = layout.lines.lineRange(line);
    const white = /^[ \t]*/.exec(text.slice(start, end))?.[0] ?? '';
    // Blank lines of a text move with it; any other blank line has nothing to be indented.
    if (white.length === end - start && !layout.textLines.has(line)) continue;
    if (white.length === column || white.includes('\t') || !(within(line) || layout.textLines.has(line))) continue;
    const more = column - white.length;
    edits.push(
      more > 0
        ? { range: { start: start + white.length, end: start + white.length }, newText: ' '.repeat(more) }
        : { range: { start: start + column, end: start + white.length }, newText: '' },
    );
  }
  return edits;
}

function spacingEdits(text: string, layout: Layout, within: (line: number) => boolean): TextEdit[] {
  const edits: TextEdit[] = [];
  const space = (start: number, end: number, newText: string): void => {
    if (text.slice(start, end) !== newText && within(layout.lines.positionAt(start).line))
      edits.push({ range: { start, end }, newText });
  };
  for (const flow of layout.flows) flowSpacing(flow, text, space);
  return edits;
}

/** `{ a: b }`, `[a, b]`, `{}`: one space within braces, none within brackets, one behind a comma; line breaks stay. */
function flowSpacing(
  flow: CST.FlowCollection,
  text: string,
  space: (start: number, end: number, newText: string) => void,
): void {
  const open = flow.start.offset + 1;
  const close = flow.end.find((one) => one.type === 'flow-map-end' || one.type === 'flow-seq-end')?.offset ?? open;
  const pad = flow.start.type === 'flow-map-start' && text.slice(open, close).trim() !== '' ? ' ' : '';
  const afterOpen = blankEnd(text, open);
  const beforeClose = blankStart(text, close, open);
  if (!/[\n\r#]/.test(text.charAt(afterOpen))) space(open, afterOpen, pad);
  // Behind a line break the blanks are the line's indentation.
  if (beforeClose > afterOpen - 1 && beforeClose > open && text[beforeClose - 1] !== '\n') {
    space(beforeClose, close, pad);
  }
  for (const item of flow.items) {
    for (const token of [...item.start, ...(item.sep ?? [])]) {
      const end = token.offset + 1;
      const next = text.charAt(end);
      if (token.type === 'comma' && text[token.offset - 1] === ' ') {
        const start = blankStart(text, token.offset, open);
        if (start > open && text[start - 1] !== '\n') space(start, token.offset, '');
      }
      const separates = token.type === 'comma' || token.type === 'map-value-ind';
      if (separates && !/[\s,\]}#]/.test(next) && next !== '') space(end, end, ' ');
    }
    for (const part of [item.key, item.value]) {
      if (part?.type === 'flow-collection') flowSpacing(part, text, space);
    }
  }
}

function trailingEdits(text: string, layout: Layout, within: (line: number) => boolean): TextEdit[] {
  const edits: TextEdit[] = [];
  for (let line = 0; line < layout.lines.lineCount; line++) {
    if (layout.textLines.has(line) || !within(line)) continue;
    const { start, end } = layout.lines.lineRange(line);
    const words = start + text.slice(start, end).replace(/[ \t]+$/, '').length;
    if (words < end) edits.push({ range: { start: words, end }, newText: '' });
  }
  return edits;
}

/** One line break at the end. */
function endEdits(text: string, { finalNewline, trimFinalNewlines }: FormatOptions): TextEdit[] {
  const words = text.trimEnd().length;
  const rest = text.slice(words);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const count = rest.split('\n').length - 1;
  if (count === 0)
    return finalNewline === false ? [] : [{ range: { start: text.length, end: text.length }, newText: newline }];
  if (count === 1 || trimFinalNewlines === false) return [];
  const first = words + rest.indexOf('\n') + 1;
  return [{ range: { start: first, end: text.length }, newText: '' }];
}

/** Both, without what the second covers. */
function merged(inner: readonly TextEdit[], last: readonly TextEdit[]): TextEdit[] {
  const from = Math.min(...last.map(({ range }) => range.start));
  return [...inner.filter(({ range }) => range.end <= from), ...last];
}

function blankEnd(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

function blankStart(text: string, to: number, least: number): number {
  let at = to;
  while (at > least && (text[at - 1] === ' ' || text[at - 1] === '\t')) at--;
  return at;
}
