import assert from 'node:assert/strict';
import fc from 'fast-check';
import { costOf, dearest, PRICES, PRICES_OF, priceFrom, priceOf, readPrices } from './prices.js';

describe('prices', () => {
  it('are found by the longest start of a model id, and not where there is none', () => {
    assert.equal(priceOf('claude-sonnet-5-5')?.output, 10);
    assert.equal(priceOf('claude-sonnet-4-5-20250929')?.output, 15);
    assert.equal(priceOf('claude-opus-4-5')?.output, 25);
    assert.equal(priceOf('claude-opus-4-1')?.output, 75);
    assert.equal(priceOf('claude-something-new'), undefined);
    assert.equal(priceOf('constructor'), undefined);
    assert.match(PRICES_OF, /^\d{4}-\d\d$/);
  });

  it("are the person's own before the list's, an id before a start", () => {
    const read = readPrices({
      'claude-sonnet-*': { input: 7, output: 9 },
      'claude-sonnet-5-5': { input: 1, output: 2, cacheRead: 0 },
    });
    assert.ok(read.ok);
    assert.deepEqual(priceOf('claude-sonnet-5-5', read.prices), priceFrom(1, 2, 0));
    assert.deepEqual(priceOf('claude-sonnet-9', read.prices), priceFrom(7, 9, 0.7));
    assert.equal(priceOf('claude-opus-5', read.prices)?.input, 5);
    assert.ok(dearest(read.prices).output >= Math.max(...Object.values(PRICES).map(({ output }) => output)));
  });

  for (const [what, value, reason] of [
    ['a list', [], /no map of models/],
    ['no name of a model', { 'a b': { input: 1, output: 1 } }, /neither the id/],
    ['a star in the middle', { 'a*b': { input: 1, output: 1 } }, /neither the id/],
    ['a number for a price', { a: 3 }, /no map with "input"/],
    ['a word for a price', { a: { input: '1', output: 1 } }, /needs "input" and "output"/],
    ['a price below nothing', { a: { input: -1, output: 1 } }, /needs "input"/],
    ['no number', { a: { input: Number.NaN, output: 1 } }, /needs "input"/],
    ['another part', { a: { input: 1, output: 1, cached: 0 } }, /has "cached"/],
    ['a cache price that is none', { a: { input: 1, output: 1, cacheRead: null } }, /"cacheRead" of "a"/],
  ] as const) {
    it(`are refused as a whole with ${what}`, () => {
      const read = readPrices(value);
      assert.ok(!read.ok && reason.test(read.reason), JSON.stringify(read));
    });
  }

  it('are read from anything without an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const read = readPrices(value);
        assert.equal(typeof read.ok, 'boolean');
      }),
    );
  });

  it('count every kind of token', () => {
    const million = 1_000_000;
    const none = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
    const price = priceOf('claude-sonnet-5-5')!;
    const cost = (part: Partial<typeof none>) => costOf(price, { ...none, ...part });
    assert.deepEqual(
      [
        cost({ input: million }),
        cost({ output: million }),
        cost({ cacheRead: million }),
        cost({ cacheWrite5m: million }),
        cost({ cacheWrite1h: million }),
      ],
      [2, 10, 0.1, 2.5, 4],
    );
  });
});
