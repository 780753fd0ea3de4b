import type { PersonOnEdge } from './model.js';

/** Answers that say no. What a person picked that is none of these is taken for a yes to what it leads to. */
const REFUSALS = new Set([
  'no', 'n', 'false', '0', 'deny', 'denied', 'reject', 'rejected', 'refuse', 'refused', 'decline', 'declined', 'cancel', 'cancelled', 'canceled', 'skip',
  'ignore', 'abort', 'stop', 'disapprove', 'disapproved', 'none', 'never', 'nothing', 'end', 'dismiss', 'not', 'dont', 'fail', 'failed', 'timeout', 'expired',
]); // biome-ignore format: a list

/** Labels of a way that is taken when nothing else fits, silence included. */
const DEFAULTS = new Set(['#default#', 'default', 'else', 'otherwise', '']);

/**
 * What an answer that a person picked says of the way it leads to, by its words: `no`, `do not block` and `reject` refuse, and
 * anything else approves. `undefined`: the way is also taken when nobody answers.
 */
export function meaningOf(answer: string): PersonOnEdge['says'] | undefined {
  const words = answer.toLowerCase().replace(/['’]/g, '').trim();
  if (DEFAULTS.has(words)) return undefined;
  return words
    .split(/[^a-z0-9]+/)
    .slice(0, 3)
    .some((word) => REFUSALS.has(word))
    ? 'refuses'
    : 'approves';
}

/** The meaning of not being an answer. It is also what silence is, so it never approves. */
export function meaningOfNot(answer: string): PersonOnEdge['says'] | undefined {
  return meaningOf(answer) === 'approves' ? 'refuses' : undefined;
}
