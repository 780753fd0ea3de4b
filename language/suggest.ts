/**
 * The candidate a misspelt word most likely meant: the nearest by edits (a swap of neighbours is one), within a third of
 * the word's length, ignoring case and the choice of `-`, `_` or `.`. `undefined` when none is near or two are equally so.
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(word);
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  for (const candidate of candidates) {
    if (candidate === word) continue;
    const folded = fold(candidate);
    // Of two as near, the one a half-typed word begins is meant.
    const edits = distance(wanted, folded, least) - (folded.startsWith(wanted) ? 0.5 : 0);
    if (edits < least) {
      best = candidate;
      least = edits;
    } else if (edits === least && edits <= limit) {
      best = undefined;
    }
  }
  return best;
}

function fold(word: string): string {
  return word
    .slice(0, 64)
    .toLowerCase()
    .replace(/[-_.\s]/g, '_');
}

/** Optimal string alignment distance, given up (as `limit`) once it cannot be below `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (older[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    older = previous;
    previous = row;
  }
  return previous[b.length] ?? limit + 1;
}
