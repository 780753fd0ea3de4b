import type { TextEdit } from '../problem.js';
import type { Fault } from './fault.js';
import { lineEnd } from './line-shape.js';

/**
 * Conflicts that a merge left in a text: one fault each, at the marker that opens it. So that the rest is read as it was
 * meant, the markers and all sides but the first are blanked in the reader's copy.
 */
export function conflictsIn(text: string): readonly Fault[] {
  if (!/^<{7}/m.test(text)) return [];
  const faults: Fault[] = [];
  let open: { at: number; patch: TextEdit[]; ours: boolean } | undefined;
  for (let at = 0; at <= text.length; ) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end);
    const marker = /^(<{7}|>{7}|\|{7}|={7})(?= |$)/.exec(line)?.[0][0];
    if (marker === '<') {
      if (open) faults.push(told(open));
      open = { at, patch: [blank(text, at, end)], ours: true };
    } else if (open && (marker === '=' || marker === '|')) {
      open.ours = false;
      open.patch.push(blank(text, at, end));
    } else if (open && marker === '>') {
      open.patch.push(blank(text, at, end));
      faults.push(told(open));
      open = undefined;
    } else if (open && !open.ours) open.patch.push(blank(text, at, end));
    const next = text.indexOf('\n', end);
    if (next < 0) break;
    at = next + 1;
  }
  // Without its end nobody knows how far it goes: only the marker is set aside.
  if (open) faults.push(told({ ...open, patch: open.patch.slice(0, 1) }));
  return faults;
}

function told({ at, patch }: { readonly at: number; readonly patch: readonly TextEdit[] }): Fault {
  return {
    range: { start: at, end: at + 7 },
    message:
      'A merge conflict was left here: the file says two things, and which one holds nobody decided. Keep one side, and remove the markers.',
    fixes: [],
    patch: patch.filter(({ range }) => range.end > range.start),
  };
}

function blank(text: string, start: number, end: number): TextEdit {
  return { range: { start, end }, newText: ' '.repeat(text.slice(start, end).length) };
}
