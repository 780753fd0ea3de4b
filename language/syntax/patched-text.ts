import type { TextEdit } from '../problem.js';

/** A text with some stretches replaced, and the way back to places in the original. */
export interface PatchedText {
  readonly text: string;
  /** Where a place of the patched text stands in the original. What was put in stands where it was put. */
  back(offset: number): number;
}

/** Applies edits, which must not overlap, in any order. */
export function patchText(original: string, edits: readonly TextEdit[]): PatchedText {
  if (edits.length === 0) return { text: original, back: (offset) => offset };
  const sorted = [...edits].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  const pieces: { readonly at: number; readonly edit: TextEdit }[] = [];
  let text = '';
  let from = 0;
  for (const edit of sorted) {
    text += original.slice(from, edit.range.start);
    pieces.push({ at: text.length, edit });
    text += edit.newText;
    from = edit.range.end;
  }
  text += original.slice(from);
  return {
    text,
    back(offset) {
      let low = 0;
      let high = pieces.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((pieces[middle]?.at ?? 0) <= offset) low = middle + 1;
        else high = middle;
      }
      const piece = pieces[low - 1];
      if (!piece) return offset;
      const { at, edit } = piece;
      const past = offset - at - edit.newText.length;
      return past >= 0 ? edit.range.end + past : Math.min(edit.range.start + offset - at, edit.range.end);
    },
  };
}

/** Adds an edit; edits it covers are dropped. `undefined` when it would cut one in two. */
export function addEdit(edits: readonly TextEdit[], edit: TextEdit): readonly TextEdit[] | undefined {
  const kept: TextEdit[] = [];
  for (const other of edits) {
    const apart = other.range.end < edit.range.start || other.range.start > edit.range.end;
    const touches = other.range.end === edit.range.start || other.range.start === edit.range.end;
    const covered = edit.range.start <= other.range.start && other.range.end <= edit.range.end;
    const empty = other.range.start === other.range.end || edit.range.start === edit.range.end;
    if (apart || (touches && !(covered && !empty))) kept.push(other);
    else if (!covered) return undefined;
  }
  return [...kept, edit];
}
