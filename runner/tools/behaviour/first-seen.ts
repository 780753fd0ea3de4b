import { rounded } from './statistics.js';
import { timeText } from './time.js';

export interface FirstSeen {
  readonly seen: boolean;
  readonly first: string | null;
  readonly last: string | null;
  readonly occurrences: number;
  /** Hours from the start of the data to its first occurrence. */
  readonly after_hours: number | null;
  /** It was first seen within the window, and the data reaches further back than that. */
  readonly first_seen: boolean;
  /** Whether the data reaches back further than the window: without, nothing can be called new. */
  readonly enough: boolean;
}

/**
 * Whether a value is new: whether its first occurrence lies in the last `windowHours` before `at`. What lies after `at` is
 * not looked at.
 *
 * @param times when the value occurred, in milliseconds
 * @param start when the data starts
 */
export function firstSeen(times: readonly number[], start: number, at: number, windowHours: number): FirstSeen {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let occurrences = 0;
  for (const time of times) {
    if (time > at) continue;
    occurrences++;
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  const from = at - windowHours * 3_600_000;
  const enough = start < from;
  const seen = occurrences > 0;
  return {
    seen,
    first: seen ? timeText(first) : null,
    last: seen ? timeText(last) : null,
    occurrences,
    after_hours: seen ? rounded((first - start) / 3_600_000, 2) : null,
    first_seen: seen && enough && first >= from,
    enough,
  };
}
