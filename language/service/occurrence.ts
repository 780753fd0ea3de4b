import type { Located, Range } from '../syntax/tree.js';

export type OccurrenceKind =
  | 'step'
  | 'tool'
  | 'role'
  | 'file'
  | 'tag'
  /** The variable of a loop. */
  | 'item'
  /** What the playbook is given, by its name. */
  | 'input'
  | 'context'
  /** A member of what a step or a tool returns; `output` itself, with no name, is all of it. */
  | 'output'
  /** An argument of a tool. */
  | 'argument'
  /** The id of a playbook. */
  | 'playbook';

/** A name that stands for something elsewhere, or the place that gives it its meaning. */
export interface Occurrence {
  readonly kind: OccurrenceKind;
  /** Of an `item`: the id of its loop, since two loops may call theirs the same. */
  readonly name: string;
  /** What is written there, where that is not the name. */
  readonly word?: string;
  readonly range: Range;
  readonly declares: boolean;
  /** Of an output or argument: whose it is. */
  readonly of?: Owner;
  /** Of an `item`: variables of the macros it stands in, one of which it must not be called like. */
  readonly bound?: readonly string[];
  /** Set where it means something in another playbook than this file. */
  readonly home?: Home;
}

export interface Owner {
  readonly kind: 'step' | 'tool';
  readonly name: string;
  /** The members that lead to it, from outside in. */
  readonly members: readonly string[];
}

/** A playbook that is not this file. */
export type Home =
  /** The one a `call` names, as it is written. */
  | { readonly kind: 'file'; readonly file: string }
  /** The one of an id, and from there down the calls of these steps. */
  | { readonly kind: 'playbook'; readonly id: string; readonly calls: readonly string[] };

/** The name at an offset, both ends inclusive: of two that meet there, the one that begins. */
export function nameAt(occurrences: readonly Occurrence[], offset: number): Occurrence | undefined {
  let found: Occurrence | undefined;
  for (const one of occurrences) {
    if (one.range.start > offset || one.range.end < offset) continue;
    if (!found || one.range.start > found.range.start) found = one;
  }
  return found;
}

/** What names of one file have in common that mean the same. */
export function identityOf({ kind, name, of, home }: Occurrence): string {
  return JSON.stringify([kind, name, of, home]);
}

/** What is written there. */
export function wordOf({ word, name }: Occurrence): string {
  return word ?? name;
}

export function declared(kind: OccurrenceKind, { value, range }: Located<string>): Occurrence {
  return { kind, name: value, range, declares: true };
}

export function named(kind: OccurrenceKind, words: readonly Located<string>[]): Occurrence[] {
  return words
    .filter((word) => word.value !== '')
    .map(({ value, range }) => ({ kind, name: value, range, declares: false }));
}

export function optional<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
