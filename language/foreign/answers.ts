import type { PersonOnEdge } from './model.js';

/** Answers that say no. What a person picked that is none of these is taken for a yes to what it leads to. */
const REFUSALS = new Set([
  'no', 'n', 'false', '0', 'deny', 'denied', 'reject', 'rejected', 'refuse', 'refused', 'decline', 'declined', 'cancel', 'cancelled', 'canceled', 'skip',
  'ignore', 'abort', 'stop', 'disapprove', 'disapproved', 'none', 'never', 'nothing', 'end', 'dismiss', 'not', 'dont', 'fail', 'failed', 'timeout', 'expired', 'nein', 'nicht', 'ablehnen', 'abgelehnt', 'non', 'refuser', 'rechazar', 'rechazado', 'nee', 'nej', 'não',
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
  return words.split(/[^\p{L}\p{N}]+/u).some((word) => REFUSALS.has(word)) ? 'refuses' : 'approves';
}

/**
 * What a text says that an answer is compared with. A variable, a template or a call may be anything, so it says nothing that
 * approves.
 */
export function meaningOfLiteral(text: string): PersonOnEdge['says'] {
  const isLiteral = /[\p{L}\p{N}]/u.test(text) && !/[$<>{}()[\]:*]|[\w\]]\.\w|^@/.test(text);
  return isLiteral && !/^(?:null|undefined|nil|none)$/i.test(text) ? (meaningOf(text) ?? 'refuses') : 'refuses';
}
