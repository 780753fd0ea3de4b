import { type Adversary, ENDS } from './interpret.js';
import { PEOPLE } from './playbook.js';
import type { Random } from './random.js';

/** What an adversary tends to, for one run. Weights of the ways a step may go on, by their name; 1 where none is given. */
export interface Temper {
  readonly weights: { readonly [option: string]: number };
  /** By what to multiply the weight of what ends the run at once. */
  readonly ends: number;
  /** How long things take. */
  readonly time: 'at once' | 'as long as may be' | 'for ever' | 'mixed';
}

const TIMES = ['at once', 'at once', 'as long as may be', 'for ever', 'mixed'] as const;
/** Longer than any duration a playbook names. */
const FOR_EVER = 1e12;

/** A temper for run number `run` of a playbook: the first few are the telling ones, the rest are drawn. */
export function temperOf(run: number, random: Random): Temper {
  const time = random.pick(TIMES);
  const ends = random.pick([0, 0.05, 0.05, 0.3]);
  switch (run % 6) {
    case 0:
      // Everything goes well, as often as it may: use beyond what was approved, and expiry.
      return {
        ends,
        time: run % 12 === 0 ? 'for ever' : 'as long as may be',
        weights: {
          failed: 0.03,
          unable: 0.03,
          skipped: 0.3,
          rejected: 0.05,
          'timed-out': 0.03,
          modified: 0.05,
          'failed-after': 0.1,
        },
      };
    case 1:
      // People refuse and steps fail, and it goes on.
      return {
        ends,
        time,
        weights: { rejected: 4, 'timed-out': 2, 'failed-after': 1, failed: 0.1, unable: 0.1, skipped: 1 },
      };
    case 2:
      // Nothing that can be skipped or can fail is left alone.
      return { ends, time, weights: { skipped: 4, failed: 0.5, unable: 0.5, 'failed-after': 1 } };
    case 3:
      // Acts seem to fail but had their effect.
      return {
        ends,
        time,
        weights: { 'failed-after': 3, failed: 0.05, unable: 0.05, rejected: 0.2, 'timed-out': 0.5, modified: 0.3 },
      };
    case 4:
      return { ends, time, weights: { failed: 0.1, unable: 0.1, skipped: 0.5, rejected: 0.3, modified: 0.3 } };
    default:
      return {
        ends,
        time,
        weights: {
          failed: random.pick([0, 0.05, 0.3]),
          unable: random.pick([0, 0.05, 0.3]),
          'failed-after': random.pick([0.1, 1, 3]),
          'timed-out': random.pick([0.1, 1, 3]),
          skipped: random.pick([0.2, 1, 3]),
          rejected: random.pick([0, 0.3, 3]),
          modified: random.pick([0, 0.3]),
          end: random.pick([0.3, 1]),
        },
      };
  }
}

/** An adversary that draws each choice by its temper. */
export function drawing(random: Random, temper: Temper): Adversary {
  const weight = (option: string): number =>
    option.endsWith(ENDS) ? (temper.weights[option.slice(0, -1)] ?? 1) * temper.ends : (temper.weights[option] ?? 1);
  return {
    choose: (_at, options) => {
      let sum = 0;
      for (const option of options) sum += weight(option);
      let left = (random.below(1 << 24) / (1 << 24)) * sum;
      for (let at = 0; at < options.length; at++) {
        left -= weight(options[at] ?? '');
        if (left < 0) return at;
      }
      return options.length - 1;
    },
    when: (from, to) => {
      const latest = to === Number.POSITIVE_INFINITY ? from + FOR_EVER : to;
      switch (temper.time) {
        case 'at once':
          return from;
        case 'as long as may be':
          return to === Number.POSITIVE_INFINITY ? from : to;
        case 'for ever':
          return latest;
        case 'mixed':
          return random.chance(0.5)
            ? from
            : random.chance(0.5)
              ? latest
              : from + (Math.min(latest, from + 1e7) - from) / 2;
      }
    },
    schedule: (_at, next) => random.below(next.length),
  };
}

/** Choices made in a run, to be made again: one number each. */
export type Script = readonly number[];

/**
 * An adversary that makes the choices of `script`, and the first option after its end; pushes onto `widths` how many options
 * each choice had. It leaves out what makes no difference to one gate: who answers, and modifications; and the third item.
 */
export function scripted(script: Script, time: Exclude<Temper['time'], 'mixed'>, widths: number[]): Adversary {
  const next = (options: number): number => {
    const at = widths.length;
    widths.push(options);
    const chosen = script[at] ?? 0;
    return chosen < options ? chosen : 0;
  };
  return {
    choose: (_at, options) => {
      if (options === PEOPLE || options[0] === 'enough') return 0;
      if (options[0] === '0 items') return next(3);
      return next(options.at(-1) === 'modified' ? options.length - 1 : options.length);
    },
    schedule: (_at, branches) => next(branches.length),
    when: (from, to) => {
      if (time === 'at once') return from;
      if (to !== Number.POSITIVE_INFINITY) return to;
      return time === 'for ever' ? from + FOR_EVER : from;
    },
  };
}
