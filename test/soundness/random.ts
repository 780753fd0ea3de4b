/** A stream of pseudo-random numbers, the same for the same seed on every machine. */
export interface Random {
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number;
  /** True in about `share` of the cases; `share` from 0 to 1. */
  chance(share: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** The stream of `seed` and `index`: streams of neighbouring indices have nothing to do with each other. */
export function randomOf(seed: number, index: number): Random {
  // xorshift128, its four words filled by splitmix32 from both numbers.
  let fill = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index, 0x85ebca77)) | 0;
  const word = (): number => {
    fill = (fill + 0x9e3779b9) | 0;
    let z = fill;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = word() ^ index;
  let b = word() ^ seed;
  let c = word();
  let d = word() | 1;
  const next = (): number => {
    let t = d;
    d = c;
    c = b;
    b = a;
    t ^= t << 11;
    t ^= t >>> 8;
    a = t ^ a ^ (a >>> 19);
    return (a >>> 0) / 0x100000000;
  };
  return {
    below: (below) => Math.floor(next() * below),
    chance: (share) => next() < share,
    pick: (from) => {
      const one = from[Math.floor(next() * from.length)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    },
  };
}
