import type { ActChange } from './compare.js';
import type { ActFacts } from './facts.js';

/**
 * Everything that two acts were compared by and what came of it, as one text: what somebody agrees to who agrees to the
 * change. Says nothing of where things are written, so it stays while lines move, and of nothing but this act, so it stays
 * while others change.
 */
export function subjectOf({ base, head, class: is, differences }: ActChange): string {
  return JSON.stringify([is, differences, factsShown(base), factsShown(head)], inOrder);
}

function factsShown(facts: ActFacts | undefined): object | null {
  if (!facts) return null;
  const { cell, ...rest } = facts;
  const { place: _, witness: __, because: ___, ...shown } = cell;
  return { ...rest, cell: shown };
}

/** Maps, sets and the keys of objects in an order of their own; numbers that JSON has not. */
function inOrder(_: string, value: unknown): unknown {
  if (value instanceof Map) return [...value].sort(byText);
  if (value instanceof Set) return [...value].sort(byText);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value === undefined) return null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function byText(one: unknown, other: unknown): number {
  const [a, b] = [String(Array.isArray(one) ? one[0] : one), String(Array.isArray(other) ? other[0] : other)];
  return a < b ? -1 : a > b ? 1 : 0;
}
