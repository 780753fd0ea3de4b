import assert from 'node:assert/strict';
import fc from 'fast-check';
import { calibrationOf } from './calibration.js';
import { rateOf, WIDEST } from './rate.js';
import { wilson } from './wilson.js';

describe("Wilson's interval", () => {
  // Newcombe 1998, table I, method 3 (score without continuity correction).
  for (const [count, n, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const) {
    it(`is ${low} to ${high} for ${count} of ${n}, as published`, () => {
      const found = wilson(count / n, n);
      assert.equal(found.low.toFixed(4), low.toFixed(4));
      assert.equal(found.high.toFixed(4), high.toFixed(4));
    });
  }

  it('of nothing is everything', () => assert.deepEqual(wilson(0, 0), { low: 0, high: 1 }));

  it('solves what it is defined by: at its ends the share lies 1.96 standard errors away', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, part) => {
        const share = Math.round(part * n) / n;
        const { low, high } = wilson(share, n);
        assert.ok(low >= 0 && high <= 1 && low <= share && share <= high);
        for (const end of [low, high]) {
          if ((end === 0 && share === 0) || (end === 1 && share === 1)) continue;
          const errors = Math.abs(share - end) / Math.sqrt((end * (1 - end)) / n);
          assert.ok(Math.abs(errors - 1.959964) < 1e-3, `${share} of ${n}: ${errors}`);
        }
      }),
    );
  });

  it('narrows with more observations, and turns round with the question', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 500 }), (n, some) => {
        const share = Math.min(some, n) / n;
        const [few, many] = [wilson(share, n), wilson(share, 4 * n)];
        assert.ok(many.high - many.low < few.high - few.low);
        const other = wilson(1 - share, n);
        assert.ok(Math.abs(other.low - (1 - few.high)) < 1e-9 && Math.abs(other.high - (1 - few.low)) < 1e-9);
      }),
    );
  });
});

describe('a rate', () => {
  const seen = (subjects: number, hits: number, times = 1) =>
    Array.from({ length: subjects * times }, (_, at) => ({
      subject: String(at % subjects),
      hit: at % subjects < hits,
    }));

  it('of nothing has no value and is not enough', () => {
    assert.deepEqual(rateOf([]), { value: null, low: 0, high: 1, n: 0, count: 0, of: 0, enough: false });
  });

  it('is enough from an interval of 20 points on: 16 subjects without a hit, 93 with half of them', () => {
    assert.equal(WIDEST, 0.2);
    assert.deepEqual([rateOf(seen(15, 0)).enough, rateOf(seen(16, 0)).enough], [false, true]);
    assert.deepEqual([rateOf(seen(92, 46)).enough, rateOf(seen(94, 47)).enough], [false, true]);
  });

  it('is no surer for looking at the same subject again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(40), fc.integer({ min: 2, max: 5 }), (n, hits, times) => {
        const [once, often] = [rateOf(seen(n, hits)), rateOf(seen(n, hits, times))];
        assert.deepEqual({ ...often, count: once.count, of: once.of }, once);
        assert.equal(often.of, n * times);
      }),
    );
  });
});

describe('calibration', () => {
  it('of answers as often right as they say has no error but what is not certain', () => {
    const answers = Array.from({ length: 10 }, (_, at) => ({ confidence: 0.8, right: at < 8 }));
    assert.deepEqual(calibrationOf(answers), {
      ...{ n: 10, brier: 0.16, error: 0, excess: 0 },
      bins: [{ from: 0.8, to: 0.9, n: 10, stated: 0.8, right: 0.8 }],
    });
  });

  it('tells who claims too much', () => {
    const { brier, error, excess } = calibrationOf([
      { confidence: 1, right: false },
      { confidence: 1, right: true },
    ]);
    assert.deepEqual([brier, error, excess], [0.5, 0.5, 0.5]);
  });

  it('of nothing is nothing, and of anything lies within its bounds', () => {
    assert.deepEqual(calibrationOf([]), { n: 0, brier: null, error: null, excess: null, bins: [] });
    const answer = fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), right: fc.boolean() });
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1 }), (answers) => {
        const { n, brier, error, excess, bins } = calibrationOf(answers);
        assert.equal(
          bins.reduce((so, bin) => so + bin.n, 0),
          n,
        );
        assert.ok(brier !== null && error !== null && excess !== null);
        assert.ok(brier >= 0 && brier <= 1 && error <= 1 && Math.abs(excess) <= error + 1e-5);
      }),
    );
  });
});
