/**
 * A set of names that only grows, as an immutable value: adding gives another set and leaves this one as it was, in the
 * same time whatever its size. Sets that grew one from the other share a map, of which each sees the names up to its size.
 */
export interface GrowingSet {
  readonly size: number;
  readonly has: (name: string) => boolean;
  readonly with: (name: string) => GrowingSet;
}

export const EMPTY_SET: GrowingSet = { size: 0, has: () => false, with: (name) => first(name) };

function first(name: string): GrowingSet {
  return setOf(new Map([[name, 1]]), 1);
}

/** @param since every name with the size of the first set that has it, in that order */
function setOf(since: Map<string, number>, size: number): GrowingSet {
  const has = (name: string): boolean => (since.get(name) ?? Number.POSITIVE_INFINITY) <= size;
  const set: GrowingSet = {
    size,
    has,
    with(name) {
      if (has(name)) return set;
      // Only the largest may write on; from a smaller one another line of sets begins.
      const own = since.size === size ? since : new Map([...since].slice(0, size));
      return setOf(own.set(name, size + 1), size + 1);
    },
  };
  return set;
}
