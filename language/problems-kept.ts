import { countUpTo } from './ascending.js';
import { type Problem, withPlaces } from './problem.js';
import type { Parts } from './syntax/parts.js';
import { type Anchor, anchorOf, Place } from './syntax/place.js';
import type { Range } from './syntax/tree.js';

/**
 * Problems with their places bound to the parts of the file they are in, to be told again after the text around those parts
 * has changed. `undefined` where a place is in no part.
 */
export function bound(problems: readonly Problem[], uri: string, { parts }: Parts): readonly Problem[] | undefined {
  let lost = false;
  const place = (range: Range, file = uri): Range => {
    if (file !== uri) return range;
    const anchor = anchorAt(parts, range.start);
    if (!anchor) lost = true;
    return anchor ? new Place(anchor, range.start - anchor.at, range.end - anchor.at) : range;
  };
  const out = problems.map((problem) => withPlaces(problem, place));
  return lost ? undefined : out;
}

/** Whether every place of these problems is in a part that the file still has. */
export function areKept(problems: readonly Problem[], uri: string, has: (anchor: Anchor) => boolean): boolean {
  const isKept = (range: Range): boolean => {
    const anchor = anchorOf(range);
    return anchor !== undefined && has(anchor);
  };
  return problems.every(
    ({ range, related, fixes }) =>
      isKept(range) &&
      related.every((one) => one.uri !== uri || isKept(one.range)) &&
      fixes.every((fix) => fix.edits.every((edit) => isKept(edit.range))),
  );
}

/** The anchor of the part that holds a place. */
function anchorAt(parts: Parts['parts'], offset: number): Anchor | undefined {
  return parts[countUpTo(parts.length, (index) => parts[index]?.anchor.at ?? 0, offset) - 1]?.anchor;
}
