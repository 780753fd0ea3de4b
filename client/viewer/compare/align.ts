import type { Item } from './outline.js';

/** In which way two runs differ, most telling first. */
export const DIFFERENCES = ['decision', 'outcome', 'arguments', 'only'] as const;
export type DifferenceKind = (typeof DIFFERENCES)[number];

/** One difference. A side that does not have the thing is absent; one of them has it. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly key: string;
  readonly a: Item | undefined;
  readonly b: Item | undefined;
}

/**
 * What differs between two runs, aligned by step path, occurrence, call and tool: changed decisions first, then outcomes,
 * arguments, and what only one of them has. A run differs in nothing from itself, and the other way round the same
 * differences come in the same order with their sides changed.
 */
export function compare(a: ReadonlyMap<string, Item>, b: ReadonlyMap<string, Item>): readonly Difference[] {
  const found: Difference[] = [];
  for (const [key, one] of a) {
    const other = b.get(key);
    if (other === undefined) found.push({ kind: 'only', key, a: one, b: undefined });
    else if (one.decision !== other.decision) found.push({ kind: 'decision', key, a: one, b: other });
    else if (one.outcome !== other.outcome) found.push({ kind: 'outcome', key, a: one, b: other });
    else if (one.arguments !== other.arguments) found.push({ kind: 'arguments', key, a: one, b: other });
  }
  for (const [key, other] of b) if (!a.has(key)) found.push({ kind: 'only', key, a: undefined, b: other });
  return found.sort(inOrder);
}

/** By kind, then by where it comes up first in either run; where that is the same, by name. Blind to which side is which. */
function inOrder(one: Difference, other: Difference): number {
  const kinds = DIFFERENCES.indexOf(one.kind) - DIFFERENCES.indexOf(other.kind);
  if (kinds !== 0) return kinds;
  const places = placeOf(one) - placeOf(other);
  if (places !== 0) return places;
  return one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
}

function placeOf({ a, b }: Difference): number {
  return Math.min(a?.at ?? Number.POSITIVE_INFINITY, b?.at ?? Number.POSITIVE_INFINITY);
}
