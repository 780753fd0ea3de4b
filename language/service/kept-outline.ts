import type { Range } from '../syntax/tree.js';
import type { SourceFile } from './source-file.js';
import { type OutlineItem, outlineOf } from './symbols.js';

/** The last outline of a document that was whole, with the text it was made of. */
export interface KeptOutline {
  readonly text: string;
  readonly items: readonly OutlineItem[];
}

/**
 * The outline to show, and what to keep of it. While a text cannot be read as YAML and so has lost items, the last whole
 * outline stays, moved to where its words stand now: an outline that collapses at every open bracket is none.
 */
export function steadyOutline(
  source: SourceFile,
  kept: KeptOutline | undefined,
): { readonly items: readonly OutlineItem[]; readonly kept: KeptOutline | undefined } {
  const items = outlineOf(source);
  const broken = source.root === undefined || source.problems.some(({ rule }) => rule === 'yaml-syntax');
  if (!broken) return { items, kept: { text: source.text, items } };
  if (!kept || source.text.trim() === '' || countOf(items) >= countOf(kept.items)) return { items, kept };
  return { items: moved(kept.items, shiftBetween(kept.text, source.text)), kept };
}

function countOf(items: readonly OutlineItem[]): number {
  return items.reduce((count, { children }) => count + 1 + countOf(children), 0);
}

function moved(items: readonly OutlineItem[], to: (offset: number) => number): OutlineItem[] {
  const place = ({ start, end }: Range): Range => ({ start: to(start), end: to(end) });
  return items.map((item) => ({
    ...item,
    range: place(item.range),
    selection: place(item.selection),
    children: moved(item.children, to),
  }));
}

/** Where an offset of one text is in another that differs in one stretch. What was in that stretch is at its start. */
function shiftBetween(before: string, after: string): (offset: number) => number {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return (offset) => {
    if (offset <= head) return offset;
    return offset >= before.length - tail ? offset + after.length - before.length : head;
  };
}
