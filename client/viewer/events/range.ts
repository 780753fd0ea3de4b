import type { Range } from './filter.js';

/** What of a range of time something lasted; `to` is absent while it still goes on. */
export interface Lasting {
  readonly from: number;
  readonly to: number | undefined;
}

export function overlaps({ from, to }: Lasting, range: Range | undefined): boolean {
  return range === undefined || (from <= range.to && (to ?? Number.POSITIVE_INFINITY) >= range.from);
}

/** A range that does not run backwards and lies in the run, which lasts `end` milliseconds; nothing where it is all of it. */
export function ordered(one: number, other: number, end: number): Range | undefined {
  const from = Math.min(Math.max(0, Math.min(one, other)), end);
  const to = Math.min(Math.max(0, Math.max(one, other)), end);
  return from <= 0 && to >= end ? undefined : { from, to };
}

/** A range closer around its middle, or farther: `factor` below 1 is closer. Stays in `whole`. */
export function zoomed(range: Range, factor: number, whole: Range): Range {
  const middle = (range.from + range.to) / 2;
  const half = Math.max(0.5, ((range.to - range.from) / 2) * factor);
  return { from: Math.max(whole.from, middle - half), to: Math.min(whole.to, middle + half) };
}

/** Round points in a range for an axis, at most about `count`. */
export function ticks({ from, to }: Range, count: number): readonly number[] {
  const span = to - from;
  if (!(span > 0)) return [from];
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10);
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, index) => first + index * step);
}
