import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TraceLine } from '../../../runner/protocol/trace.js';
import { smallTrace } from '../testing/sample-trace.test.js';
import { firstAbove, firstAtLeast, wideColumn } from './column.js';
import { LineStore } from './line-store.js';

describe('The store of lines', () => {
  it('gives back every line as it came, packed or not, from either end', () => {
    const store = new LineStore();
    const work = smallTrace();
    const lines = Array.from({ length: 5000 }, (_, seq) => ({ ...work[seq % work.length]!, seq }));
    for (const line of lines) store.push(line);
    assert.equal(store.at(0), lines[0], 'not packed yet');
    let packed = 1;
    while (store.packOne()) packed += 1;
    assert.ok(packed > 25, `${packed} blocks packed`);
    assert.equal(store.length, lines.length);
    for (const [index, line] of lines.entries()) assert.deepEqual(store.at(index), line);
    assert.equal(store.at(-1), lines.at(-1), 'the newest stay as they are');
    assert.equal(store.at(lines.length), undefined);
    assert.equal(store.at(-lines.length - 1), undefined);
  });

  it('gives back what a line has in common with the one before, and what looks like that and is not', () => {
    const some = fc.constantFrom('', 'a', 'b');
    const actor = fc.record(
      { kind: fc.constantFrom('human', 'engine'), id: some, how: some },
      { requiredKeys: ['kind', 'id'] },
    );
    const line = fc.record({ run: some, actor, prev: some, hash: some });
    fc.assert(
      fc.property(fc.array(line, { minLength: 128, maxLength: 128 }), fc.boolean(), (lines, whole) => {
        const [one] = smallTrace();
        const given = Array.from({ length: 9 }, () => lines)
          .flat()
          .map((changed) => ({ ...one!, ...changed }) as TraceLine)
          .map((made) =>
            whole ? { ...made, run: 'r', actor: { ...made.actor, id: 'x' }, prev: made.prev || 'p' } : made,
          );
        const store = new LineStore();
        for (const made of given) store.push(made);
        assert.equal(store.packOne(), false);
        assert.notEqual(store.at(0), given[0], 'packed');
        for (let index = 0; index < 128; index++) {
          assert.equal(JSON.stringify(store.at(index)), JSON.stringify(given[index]));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('A column of numbers', () => {
  it('finds the first that is at least, or above, a number', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 3000 }), fc.nat(60), (numbers, wanted) => {
        const sorted = numbers.sort((a, b) => a - b);
        const column = wideColumn();
        for (const number of sorted) column.push(number);
        const or = (found: number): number => (found < 0 ? sorted.length : found);
        assert.equal(firstAtLeast(column, wanted), or(sorted.findIndex((one) => one >= wanted)));
        assert.equal(firstAbove(column, wanted), or(sorted.findIndex((one) => one > wanted)));
      }),
    );
  });
});
