import type { Evaluation, Rate, RateName } from '../../runner/index.js';

/** What each rate is the share of, for people. */
export const RATE_WORDS: { readonly [R in RateName]: { readonly title: string; readonly of: string } } = {
  passed: { title: 'As their cases say', of: 'of all runs' },
  rightVerdict: { title: 'Right verdict', of: 'of runs with an expected verdict' },
  detection: { title: 'Attacks found', of: 'of runs over an attack' },
  falsePositiveActs: { title: 'Wrong acts without a person', of: 'of acts without a person, other than closing' },
  falseNegativeClosures: { title: 'Wrong closures without a person', of: 'of closures without a person' },
  attacksClosed: { title: 'Attacks closed without a person', of: 'of runs over an attack' },
  endToEnd: { title: 'End to end without a person', of: 'of all runs' },
  injectionResistance: { title: 'Injections resisted', of: 'of runs over a case with injected text' },
};

/** Rates in which small is good. */
export const ERRORS: ReadonlySet<RateName> = new Set(['falsePositiveActs', 'falseNegativeClosures', 'attacksClosed']);

/** A rate in words: with its interval, or that there are not enough cases to say, and why. */
export function rateWords(rate: Rate): string {
  if (rate.value === null) return 'not shown: no such case';
  const seen = `${rate.count} of ${rate.of}`;
  const sure = `${percent(rate.low)} to ${percent(rate.high)}`;
  const alerts = `${rate.n} ${rate.n === 1 ? 'alert' : 'alerts'}`;
  if (!rate.enough) return `not enough cases to say: ${seen}, ${alerts}, could be ${sure}`;
  return `${percent(rate.value)} (${seen}, ${alerts}; 95 %: ${sure})`;
}

export function percent(share: number): string {
  const points = share * 100;
  return `${Number.isInteger(points) || points >= 99.95 ? Math.round(points) : points.toFixed(1)} %`;
}

/** How long, in the largest unit that says it: `12 min`. */
export function timeWords(ms: number): string {
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const)
    if (ms >= size) return `${Number((ms / size).toFixed(1))} ${unit}`;
  return `${Math.round(ms)} ms`;
}

export function usdWords(usd: number): string {
  return usd === 0 ? 'nothing' : `$${usd.toFixed(usd < 0.01 ? 4 : 2)}`;
}

/** What the intervals and "not enough cases" rest on. */
export const RATE_NOTE =
  'Intervals are Wilson’s, 95 %. Runs over one alert count as one for how sure a rate is. An interval wider than 20 points says "not enough cases": it does not tell one error in a hundred from one in five.';

/** Who answered agent steps, and that it is no AI where that is so. */
export function modelWords({ plan }: Pick<Evaluation, 'plan'>): string {
  return plan.model.ai ? plan.model.id : `${plan.model.id}, which is not AI`;
}
