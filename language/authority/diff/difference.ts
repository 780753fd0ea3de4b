import { durationText } from '../cell-facts.js';
import type { ActFacts } from './facts.js';

/** What acts are compared by. */
export type Dimension =
  | 'level'
  | 'approval'
  | 'bounds'
  | 'circumstances'
  | 'scope'
  | 'untrusted'
  | 'undo'
  | 'accountable'
  | 'tool'
  | 'verdict';

/** One way in which an act changed. */
export interface Difference {
  readonly dimension: Dimension;
  /** Whether the act may do more by it, less, or something else. */
  readonly direction: 'wider' | 'narrower' | 'other';
  /** A clause for people. */
  readonly words: string;
}

/** Two acts, and what is said of them. */
export interface Compared {
  readonly base: ActFacts;
  readonly head: ActFacts;
  readonly say: (dimension: Dimension, direction: Difference['direction'], words: string) => void;
}

/** A sentence as a part of another one. */
export function clause(sentence: string): string {
  const text = sentence.replace(/\.$/, '');
  return /^\w+\.\w/.test(text) ? text : `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}

/** For how long something is valid. */
export function validity(ms: number): string {
  return ms === Infinity ? 'until the run ends' : `for ${durationText(ms)}`;
}
