import type { TextEdit } from '../problem.js';
import { columnAt } from '../syntax/line-shape.js';
import type { MapNode } from '../syntax/tree.js';
import { gapAt, lastWord, lineBreak, nextLine, written } from './step-text.js';

/** Adds entries, each on one line, behind those of a map, in its own style. */
export function addEntries(text: string, map: MapNode, entries: readonly string[]): TextEdit {
  const last = map.entries.at(-1);
  const first = map.entries[0];
  if (map.flow) {
    const end = last ? (last.value ? last.value.range.end : last.key.range.end) : map.range.start + 1;
    const added = entries.join(', ');
    if (last) return { range: { start: end, end }, newText: `, ${added}` };
    return { range: { start: end, end: Math.max(end, map.range.end - 1) }, newText: ` ${added} ` };
  }
  const at = nextLine(text, lastWord(map));
  const column = first ? columnAt(text, first.key.range.start) : 0;
  return { range: { start: at, end: at }, newText: gapAt(text, at) + written(entries, column, lineBreak(text)) };
}
