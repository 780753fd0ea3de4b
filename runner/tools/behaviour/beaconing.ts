import { ascending, median, medianDeviation, rounded } from './statistics.js';
import { timeText } from './time.js';

/** A connection: when, and to what. */
export interface Connection {
  readonly at: number;
  readonly destination: string;
}

export interface BeaconOptions {
  /** Fewer connections than this show no rhythm. */
  readonly minEvents: number;
  /** From which score on it counts as beaconing. */
  readonly threshold: number;
}

export interface Rhythm {
  readonly destination: string;
  readonly events: number;
  readonly first: string;
  readonly last: string;
  /** Seconds between two connections: the median, and the median deviation from it. */
  readonly interval: number;
  readonly deviation: number;
  /** See {@link Regularity}. */
  readonly score: number;
  readonly coverage: number;
  readonly beaconing: boolean;
}

export interface Beacons {
  /** Destinations there were connections to. */
  readonly destinations: number;
  /** Of those, with connections enough to judge. */
  readonly judged: number;
  readonly beacons: number;
  readonly beaconing: boolean;
  /** The most regular ones first, at most 20. */
  readonly examples: readonly Rhythm[];
}

const MAX_EXAMPLES = 20;
/** Half of what random intervals come to (ln 2): less are bursts, not a beat. */
const MIN_COVERAGE = 0.35;

/**
 * Which destinations are connected to at regular intervals, as malware that asks for orders does. How regular is told by the
 * dispersion of the intervals around their median, MAD / median, a robust coefficient of variation (Arachchige, Prendergast
 * and Staudte, "Robust analogs to the coefficient of variation", 2022); the dispersion of a beacon's intervals is what RITA
 * (Active Countermeasures) scores, too. Measuring time in another unit leaves it as it is.
 */
export function beaconing(connections: readonly Connection[], { minEvents, threshold }: BeaconOptions): Beacons {
  const times = new Map<string, number[]>();
  for (const { at, destination } of connections) {
    const known = times.get(destination);
    if (known) known.push(at);
    else times.set(destination, [at]);
  }
  const judged: Rhythm[] = [];
  for (const [destination, unordered] of times) {
    if (unordered.length < Math.max(3, minEvents)) continue;
    judged.push(rhythm(destination, ascending(unordered), threshold));
  }
  judged.sort((a, b) => b.score - a.score || b.events - a.events || (a.destination < b.destination ? -1 : 1));
  const beacons = judged.filter((one) => one.beaconing).length;
  return {
    destinations: times.size,
    judged: judged.length,
    beacons,
    beaconing: beacons > 0,
    examples: judged.slice(0, MAX_EXAMPLES),
  };
}

function rhythm(destination: string, times: readonly number[], threshold: number): Rhythm {
  const intervals = times.slice(1).map((at, index) => (at - (times[index] ?? at)) / 1000);
  const { score, coverage } = regularity(intervals);
  return {
    destination,
    events: times.length,
    first: timeText(times[0] ?? 0),
    last: timeText(times.at(-1) ?? 0),
    interval: rounded(median(intervals), 3),
    deviation: rounded(medianDeviation(intervals), 3),
    score: rounded(score),
    coverage: rounded(coverage),
    beaconing: score >= threshold && coverage >= MIN_COVERAGE,
  };
}

export interface Regularity {
  /** 1 - MAD / median, 0 at least: 1 is a clock; intervals that are random (exponential) come to 0.3. */
  readonly score: number;
  /** How much of the time the median interval accounts for, 1 at most: next to nothing in bursts with pauses. */
  readonly coverage: number;
}

/** How regular some intervals are. */
export function regularity(intervals: readonly number[]): Regularity {
  const middle = median(intervals);
  if (!(middle > 0)) return { score: 0, coverage: 0 };
  const span = ascending(intervals).reduce((sum, one) => sum + one, 0);
  return {
    score: Math.max(0, 1 - medianDeviation(intervals, middle) / middle),
    coverage: Math.min(1, (middle * intervals.length) / span),
  };
}
