import type { TextEdit } from '../problem.js';
import type { ListNode } from './tree.js';

/**
 * The edit that takes an item out of a list in brackets, with the comma before it. `undefined` for the first item, and
 * wherever more than a comma and a space stand between the two: a comment there is a person's, and stays.
 */
export function withoutItem(list: ListNode, index: number): TextEdit | undefined {
  const before = list.items[index - 1];
  const item = list.items[index];
  if (!list.flow || !before || !item || item.range.start - before.range.end > 2) return undefined;
  return { range: { start: before.range.end, end: item.range.end }, newText: '' };
}
