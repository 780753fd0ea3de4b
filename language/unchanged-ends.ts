/** How much two lists have in common: the very same things at their starts, and behind that at their ends. */
export interface UnchangedEnds {
  readonly start: number;
  readonly end: number;
}

export function unchangedEnds(before: readonly unknown[], now: readonly unknown[]): UnchangedEnds {
  const most = Math.min(before.length, now.length);
  let start = 0;
  while (start < most && before[start] === now[start]) start++;
  let end = 0;
  const last = before.length - 1;
  const lastNow = now.length - 1;
  while (end < most - start && before[last - end] === now[lastNow - end]) end++;
  return { start, end };
}

/** Characters compared at a time: much more than a processor compares in the time a slice of a text is made. */
const BLOCK = 4096;

/** The same of two texts, in characters. */
export function unchangedEndsOfTexts(before: string, now: string): UnchangedEnds {
  const most = Math.min(before.length, now.length);
  let start = 0;
  while (start + BLOCK <= most && before.slice(start, start + BLOCK) === now.slice(start, start + BLOCK))
    start += BLOCK;
  while (start < most && before.charCodeAt(start) === now.charCodeAt(start)) start++;
  const left = most - start;
  let end = 0;
  while (
    end + BLOCK <= left &&
    before.slice(before.length - end - BLOCK, before.length - end) ===
      now.slice(now.length - end - BLOCK, now.length - end)
  )
    end += BLOCK;
  while (end < left && before.charCodeAt(before.length - 1 - end) === now.charCodeAt(now.length - 1 - end)) end++;
  return { start, end };
}
