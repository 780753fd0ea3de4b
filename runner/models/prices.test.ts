import assert from 'node:assert/strict';
import { costOf, DEAREST, priceOf } from './prices.js';

describe('prices', () => {
  it('know the families, and take what is unknown for the dearest', () => {
    assert.equal(priceOf('claude-sonnet-5-5').output, 10);
    assert.equal(priceOf('claude-sonnet-4-5-20250929').output, 15);
    assert.equal(priceOf('claude-opus-4-5').output, 25);
    assert.equal(priceOf('claude-opus-4-1').output, 75);
    assert.equal(priceOf('claude-something-new'), DEAREST);
    for (const model of [
      'claude-fable-5-2',
      'claude-mythos-preview',
      'claude-haiku-4-5',
      'claude-opus-5-5',
      'claude-sonnet-5',
    ]) {
      const price = priceOf(model);
      for (const part of ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const) {
        assert.ok(price[part] > 0 && price[part] <= DEAREST[part], `${model} ${part}`);
      }
    }
  });

  it('count every kind of token', () => {
    const million = 1_000_000;
    const none = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
    const cost = (part: Partial<typeof none>) => costOf('claude-sonnet-5-5', { ...none, ...part });
    assert.deepEqual(
      [
        cost({ input: million }),
        cost({ output: million }),
        cost({ cacheRead: million }),
        cost({ cacheWrite5m: million }),
        cost({ cacheWrite1h: million }),
      ],
      [2, 10, 0.2, 2.5, 4],
    );
  });
});
