// When a document is checked while somebody types. There is no fixed delay: what is checked in no time is checked at every
// key, and what takes longer than the pause between two keys waits for the end of the burst, because a check cannot be
// broken off and the texts in between would only hold up the last one.

/** In milliseconds: a check this short is not worth any waiting. */
const QUICK = 10;
/** From this on a check takes longer than the pause between two keys of somebody quick. */
const BETWEEN_KEYS = 40;
/** The most that is waited after a single edit, for texts that take seconds. */
const LONGEST = 1000;
/** The most that is waited for the next key of a burst. */
const LONGEST_PAUSE = 150;
/** A burst is over when nothing came for so long; while a check goes on nothing can come. */
const QUIET = 250;
const REMEMBERED = 32;

/** The edits of one document, as they were seen. */
export interface Typing {
  /** An edit came, at a time in milliseconds. `took` is what the last check took. */
  edited(now: number, took: number): void;
  /** How long to wait, from `now` on, before the next check. */
  delay(now: number, took: number): number;
}

export function createTyping(): Typing {
  let edits: number[] = [];
  const gap = (): number | undefined => {
    const first = edits[0];
    const last = edits.at(-1);
    return first === undefined || last === undefined || edits.length < 2
      ? undefined
      : (last - first) / (edits.length - 1);
  };
  return {
    edited(now, took) {
      if (now - (edits.at(-1) ?? now) > QUIET + took) edits = [];
      edits.push(now);
      if (edits.length > REMEMBERED) edits.shift();
    },
    delay(now, took) {
      const last = edits.at(-1);
      return last === undefined ? 0 : Math.max(0, last + waitOf(took, gap()) - now);
    },
  };
}

/**
 * How long to wait after an edit. After a single one a third of what the check will take, and less where the check is over
 * before a next key could come. In a burst, whose keys come every `gap`: nothing where checks keep up with them well enough
 * to end in time after the last one; otherwise a little longer than the next key would take, to see that there is none.
 */
function waitOf(took: number, gap: number | undefined): number {
  if (took < QUICK) return 0;
  if (gap === undefined) return Math.min((took / 3) * Math.min(1, took / BETWEEN_KEYS), LONGEST);
  return took <= 1.35 * gap ? 0 : Math.min(gap * 1.05 + 2, LONGEST_PAUSE);
}
