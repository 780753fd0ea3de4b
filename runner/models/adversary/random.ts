/** Draws that are the same for the same seed and key on every machine. */
export interface Random {
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number;
  /** True in about `share` of the cases, 0 to 1. */
  chance(share: number): boolean;
  /** One of several; the first of them names the type where there may be none. */
  pick<T>(first: T, ...more: readonly T[]): T;
  /** One of a list, `undefined` of an empty one. */
  of<T>(list: readonly T[]): T | undefined;
}

/** SplitMix32, started from both. Not for secrets. */
export function randomOf(seed: number, key: string): Random {
  // FNV-1a, 32 bits.
  let state = 0x811c9dc5 ^ seed;
  for (let i = 0; i < key.length; i++) state = Math.imul(state ^ key.charCodeAt(i), 0x01000193);
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 0x100000000;
  };
  const of = <T>(list: readonly T[]): T | undefined => list[Math.floor(next() * list.length)];
  return {
    below: (below) => Math.floor(next() * below),
    chance: (share) => next() < share,
    pick: (first, ...more) => of([first, ...more]) ?? first,
    of,
  };
}
