import type { Step } from '../model/playbook.js';
import { nodeAt } from '../schema/node-path.js';
import { lineStart } from '../syntax/line-shape.js';
import type { ListNode, MapNode, Node, Range } from '../syntax/tree.js';
import type { SourceFile } from './source-file.js';

/** Where a step stands in its file, as whole lines. */
export interface StepText {
  readonly list: ListNode;
  readonly index: number;
  /** Columns of its dash and of its keys. */
  readonly dash: number;
  readonly keys: number;
  /** From the comments right above it to the line break behind its last word. */
  readonly lines: Range;
}

/** `undefined` where a step does not begin a line of its own with a dash: in braces, or behind another dash. */
export function stepText({ text, root }: Pick<SourceFile, 'text' | 'root'>, step: Step): StepText | undefined {
  const path = nodeAt(root, step.id.range.start)?.path ?? [];
  const item = path.findLast((one) => one.kind === 'item' && one.list.items[one.index] === step.node);
  if (item?.kind !== 'item' || item.list.flow || step.node.flow) return undefined;
  const start = lineStart(text, step.node.range.start);
  const before = /^( *)- +$/.exec(text.slice(start, step.node.range.start));
  if (!before) return undefined;
  const dash = before[1]?.length ?? 0;
  return {
    list: item.list,
    index: item.index,
    dash,
    keys: before[0].length,
    lines: { start: withComments(text, start, dash), end: nextLine(text, lastWord(step.node)) },
  };
}

/** The start of the comments that stand right above a line, in its column. */
function withComments(text: string, start: number, column: number): number {
  let first = start;
  while (first > 0) {
    const above = lineStart(text, first - 1);
    if (!/^ *#/.test(text.slice(above, first)) || text.slice(above, first).indexOf('#') !== column) break;
    first = above;
  }
  return first;
}

/** Where the last word of a node ends; comments behind it are not part of it. */
export function lastWord(node: Node): number {
  if (node.kind === 'scalar' || node.flow) return node.range.end;
  if (node.kind === 'map') {
    const last = node.entries.at(-1);
    return last ? (last.value ? lastWord(last.value) : last.key.range.end) : node.range.end;
  }
  const last = node.items.at(-1);
  return last ? lastWord(last) : (node.dashes?.get(node.items.length - 1)?.end ?? node.range.end);
}

/** The start of the line after the one a word ends on; a text of several lines may end with its line already. */
export function nextLine(text: string, word: number): number {
  let end = word;
  while (end > 0 && /\s/.test(text.charAt(end - 1))) end--;
  const line = text.indexOf('\n', end);
  return line < 0 ? text.length : line + 1;
}

/** The line break a file uses. */
export function lineBreak(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** Lines with a break behind each, indented by `column`; empty ones stay empty. */
export function written(lines: readonly string[], column: number, newline: string): string {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line) + newline).join('');
}

/** Whole lines moved to the right, or to the left where `by` is below zero; blank lines stay as they are. */
export function moved(text: string, by: number): string {
  return text.replace(/^( *)(?=[^ \r\n])/gm, (white) => ' '.repeat(Math.max(0, white.length + by)));
}

/** The whole lines of an entry of a block map; `undefined` where it begins on the line of a dash or of braces. */
export function entryLines(text: string, map: MapNode, key: string): Range | undefined {
  const entry = map.entries.find((one) => one.key.text === key);
  if (!entry || map.flow) return undefined;
  const start = lineStart(text, entry.key.range.start);
  if (text.slice(start, entry.key.range.start).trim() !== '') return undefined;
  return { start, end: nextLine(text, entry.value ? lastWord(entry.value) : entry.key.range.end) };
}

/** A place behind whole lines to put further ones: with a line break first where the file ends without one. */
export function gapAt(text: string, at: number): string {
  return at > 0 && text[at - 1] !== '\n' ? lineBreak(text) : '';
}

/** A name nobody has yet: `base`, `base_2`, `base_3`, ... At most 64 characters, as ids are. */
export function freshId(base: string, taken: { readonly has: (id: string) => boolean }): string {
  const short = base.slice(0, 58);
  for (let number = 1; ; number++) {
    const id = number === 1 ? short : `${short}_${number}`;
    if (!taken.has(id)) return id;
  }
}
