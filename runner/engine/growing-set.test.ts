import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EMPTY_SET } from './growing-set.js';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('A set that only grows', () => {
  it('is what a set is, from whichever of its versions it grows on', () => {
    const step = fc.record({ from: fc.nat({ max: 30 }), name: fc.constantFrom(...NAMES) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const versions = [{ set: EMPTY_SET, plain: new Set<string>() }];
        for (const { from, name } of steps) {
          const { set, plain } = versions[from % versions.length]!;
          versions.push({ set: set.with(name), plain: new Set([...plain, name]) });
          for (const version of versions) {
            assert.equal(version.set.size, version.plain.size);
            for (const known of NAMES) assert.equal(version.set.has(known), version.plain.has(known));
          }
        }
      }),
    );
  });
});
