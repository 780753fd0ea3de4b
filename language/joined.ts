import { unchangedEnds } from './unchanged-ends.js';

/** What things have, one after the other, in one list. */
export interface Joined<L, T> {
  readonly of: readonly L[];
  readonly all: readonly T[];
  /** Where in it each thing's begin. */
  readonly starts: readonly number[];
}

/** Joins what things have. What stands at both ends of an earlier list of things is taken over from there. */
export function joined<L, T>(of: readonly L[], own: (one: L) => readonly T[], before?: Joined<L, T>): Joined<L, T> {
  if (!before) return rest({ of, all: [], starts: [] }, of, own);
  const { start, end } = unchangedEnds(before.of, of);
  if (start === of.length && of.length === before.of.length) return before;
  const head = { of, all: before.all.slice(0, startOf(before, start)), starts: before.starts.slice(0, start) };
  const { all, starts } = rest(head, of.slice(start, of.length - end), own);
  const first = before.of.length - end;
  const shift = all.length - startOf(before, first);
  const behind = before.starts.slice(first);
  if (shift !== 0) for (let at = 0; at < behind.length; at++) behind[at] = (behind[at] ?? 0) + shift;
  return { of, all: all.concat(before.all.slice(startOf(before, first))), starts: starts.concat(behind) };
}

function startOf({ all, starts }: Joined<unknown, unknown>, index: number): number {
  return starts[index] ?? all.length;
}

function rest<L, T>(
  { of, all, starts }: { readonly of: readonly L[]; readonly all: T[]; readonly starts: number[] },
  more: readonly L[],
  own: (one: L) => readonly T[],
): { readonly of: readonly L[]; readonly all: T[]; readonly starts: number[] } {
  for (const one of more) {
    starts.push(all.length);
    for (const thing of own(one)) all.push(thing);
  }
  return { of, all, starts };
}
