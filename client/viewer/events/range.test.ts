import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ordered, overlaps, ticks, zoomed } from './range.js';

describe('A range of time', () => {
  it('runs forwards and within the run; all of the run is no range', () => {
    assert.deepEqual(ordered(80, 20, 100), { from: 20, to: 80 });
    assert.deepEqual(ordered(-5, 50, 100), { from: 0, to: 50 });
    assert.equal(ordered(-5, 500, 100), undefined);
  });

  it('has what goes on in it, also what has no end yet', () => {
    const range = { from: 10, to: 20 };
    assert.deepEqual(
      [
        [0, 9],
        [0, 10],
        [20, 30],
        [21, 30],
        [5, undefined],
        [25, undefined],
      ].map(([from, to]) => overlaps({ from: from ?? 0, to }, range)),
      [false, true, true, false, true, false],
    );
  });

  it('zooms within the whole', () => {
    const whole = { from: 0, to: 1000 };
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.constantFrom(0.5, 2), (one, other, factor) => {
        const range = { from: Math.min(one, other), to: Math.max(one, other) };
        const next = zoomed(range, factor, whole);
        assert.ok(next.from >= 0 && next.to <= 1000 && next.from < next.to + 1e-9);
      }),
    );
  });

  it('has round ticks in it, not too many', () => {
    assert.deepEqual(ticks({ from: 0, to: 1500 }, 5), [0, 500, 1000, 1500]);
    fc.assert(
      fc.property(fc.nat(1e7), fc.integer({ min: 1, max: 1e7 }), (from, length) => {
        const found = ticks({ from, to: from + length }, 5);
        assert.ok(found.length <= 7);
        for (const at of found) assert.ok(at >= from - 1e-6 && at <= from + length + 1e-6);
      }),
    );
  });
});
