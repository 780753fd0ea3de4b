import { rounded } from './rounded.js';
import { wilson } from './wilson.js';

/**
 * Intervals wider than this say "not enough cases": one that reaches from 0 to 0.21 does not tell one error in a hundred from
 * one in five, and nobody can decide anything by it. 20 points take 16 alerts where nothing went wrong, and 93 where half did.
 */
export const WIDEST = 0.2;

/** Something that happened or did not. */
export interface Observation {
  /** Observations of one subject say the same thing several times over: they count as one for how sure the rate is. */
  readonly subject: string;
  readonly hit: boolean;
}

/** A share, and how sure it is. */
export interface Rate {
  /** `count` of `of`; `null` where nothing was observed. */
  readonly value: number | null;
  /** The 95 % interval, for `n` independent observations. */
  readonly low: number;
  readonly high: number;
  /** How many different subjects were observed. */
  readonly n: number;
  readonly count: number;
  readonly of: number;
  /** Whether the interval is narrow enough to say something: not wider than `WIDEST`. */
  readonly enough: boolean;
}

/**
 * The share of observations that are hits. Several of one subject are no more evidence than one: an alert that is investigated
 * ten times, or in three variants, is one alert. So the interval counts subjects.
 */
export function rateOf(observations: readonly Observation[]): Rate {
  const of = observations.length;
  const count = observations.filter(({ hit }) => hit).length;
  const n = new Set(observations.map(({ subject }) => subject)).size;
  const { low, high } = wilson(of === 0 ? 0 : count / of, n);
  return {
    value: of === 0 ? null : rounded(count / of),
    low: rounded(low),
    high: rounded(high),
    ...{ n, count, of },
    enough: high - low <= WIDEST,
  };
}
