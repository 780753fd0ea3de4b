import { meanDeviation, median, medianDeviation, rounded } from './statistics.js';
import { timeText } from './time.js';

/** One event of the entity: when, and how much (1 where events are counted). */
export interface Amount {
  readonly at: number;
  readonly value: number;
}

export interface BaselineOptions {
  readonly period: 'hour' | 'day';
  /** A moment in the period that is looked at. */
  readonly at: number;
  /** When the data starts: periods before are unknown, those after without an event are 0. */
  readonly start: number;
  /** When it ends. A period that goes on after that is not over: that little happened in it yet is not anomalous. */
  readonly end: number;
  /** From which modified z-score on a period counts as anomalous. */
  readonly threshold: number;
}

export interface Baseline {
  /** Periods before the one that is looked at. */
  readonly periods: number;
  readonly from: string;
  readonly value: number;
  readonly median: number;
  readonly deviation: number;
  /** What `deviation` is: median or mean absolute deviation from the median, or none, because every period was the same. */
  readonly method: 'mad' | 'mean-ad' | 'constant';
  /** `null` where every period before was the same. */
  readonly score: number | null;
  readonly anomalous: boolean;
  /** Whether the data reaches to the end of the period. */
  readonly complete: boolean;
  /** Whether there are enough periods for a judgement; without, `anomalous` is false. */
  readonly enough: boolean;
}

const LENGTH = { hour: 3_600_000, day: 86_400_000 } as const;
/** Fewer periods than this say nothing about what is usual. */
const MIN_PERIODS = 7;
/** The baseline is of the latest ones. */
const MAX_PERIODS = 2_000;
/** 1/Φ⁻¹(¾) and √(π/2): what makes either deviation that of a normal distribution. */
const MAD_FACTOR = 1.4826;
const MEAN_FACTOR = 1.253314;

/**
 * How far one period lies from those before: the modified z-score of Iglewicz and Hoaglin, "How to Detect and Handle
 * Outliers" (1993), (x - median) / (1.4826 MAD). Where more than half of the periods are alike and MAD is 0, with the mean
 * absolute deviation: (x - median) / (1.253314 meanAD). Multiplying all amounts leaves it as it is.
 */
export function baseline(amounts: readonly Amount[], { period, at, start, end, threshold }: BaselineOptions): Baseline {
  const length = LENGTH[period];
  const current = Math.floor(at / length);
  const first = Math.max(Math.floor(start / length), current - MAX_PERIODS);
  const sums = new Map<number, number[]>();
  for (const amount of amounts) {
    const index = Math.floor(amount.at / length);
    const values = sums.get(index);
    if (values) values.push(amount.value);
    else sums.set(index, [amount.value]);
  }
  const sumAt = (index: number): number => total(sums.get(index) ?? []);
  const before = Array.from({ length: Math.max(0, current - first) }, (_, index) => sumAt(first + index));
  const value = sumAt(current);
  const complete = (current + 1) * length <= end;
  const shared = { periods: before.length, from: timeText(current * length), value: rounded(value), complete };
  if (before.length === 0) {
    return { ...shared, median: 0, deviation: 0, method: 'constant', score: null, anomalous: false, enough: false };
  }
  const middle = median(before);
  const mad = medianDeviation(before, middle);
  const mean = mad > 0 ? 0 : meanDeviation(before, middle);
  const score =
    mad > 0 ? (value - middle) / (MAD_FACTOR * mad) : mean > 0 ? (value - middle) / (MEAN_FACTOR * mean) : null;
  const enough = before.length >= MIN_PERIODS;
  const unusual = score === null ? value !== middle : Math.abs(score) >= threshold;
  return {
    ...shared,
    median: rounded(middle),
    deviation: rounded(mad > 0 ? mad : mean),
    method: mad > 0 ? 'mad' : mean > 0 ? 'mean-ad' : 'constant',
    score: score === null ? null : rounded(score),
    anomalous: enough && unusual && (complete || value > middle),
    enough,
  };
}

/** Summed in order of size, so that the order of the events does not show in the last digit. */
function total(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b).reduce((sum, one) => sum + one, 0);
}
