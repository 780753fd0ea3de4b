import { rounded } from './statistics.js';

/** One event: its value, and who or what it belongs to, where that is asked for. */
export interface Occurrence {
  readonly value: string;
  readonly by: string | undefined;
}

export interface Rarity {
  readonly occurrences: number;
  readonly total: number;
  /** Different values there are. */
  readonly values: number;
  /** How many of all, of 1. */
  readonly share: number;
  /** Among how many of the entities it occurs; 0 of 0 where none are asked for. */
  readonly entities: number;
  readonly of_entities: number;
  /** Self-information in bits: each bit more is half as likely. */
  readonly bits: number;
  readonly rare: boolean;
}

/**
 * How rare a value is. `bits` is Shannon's self-information, -log2 p ("A Mathematical Theory of Communication", 1948), with
 * p = (n + 1) / (N + V + 1) for n of N events and V different values: Laplace's rule of succession, with one more place for
 * what was never seen. It is rare when at most the share `threshold` of the entities, or without entities of the events,
 * have it.
 */
export function rarity(events: readonly Occurrence[], value: string, threshold: number): Rarity {
  const values = new Set<string>();
  const all = new Set<string>();
  const having = new Set<string>();
  let occurrences = 0;
  for (const event of events) {
    values.add(event.value);
    if (event.by !== undefined) all.add(event.by);
    if (event.value !== value) continue;
    occurrences++;
    if (event.by !== undefined) having.add(event.by);
  }
  const total = events.length;
  const share = total === 0 ? 0 : occurrences / total;
  const prevalence = all.size > 0 ? having.size / all.size : share;
  return {
    occurrences,
    total,
    values: values.size,
    share: rounded(share, 6),
    entities: having.size,
    of_entities: all.size,
    bits: rounded(-Math.log2((occurrences + 1) / (total + values.size + 1))),
    // Of nothing nothing can be told.
    rare: total > 0 && prevalence <= threshold,
  };
}
