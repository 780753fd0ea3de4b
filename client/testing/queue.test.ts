import assert from 'node:assert/strict';
import { createQueue } from './queue.js';

describe('A queue', () => {
  it('does one thing after the other, also after one that failed', async () => {
    const inTurn = createQueue();
    const said: string[] = [];
    const work = (name: string) => async () => {
      said.push(`${name} starts`);
      await Promise.resolve();
      said.push(`${name} ends`);
      if (name === 'b') throw new Error('b broke');
      return name;
    };
    const [a, b, c] = await Promise.allSettled(['a', 'b', 'c'].map((name) => inTurn(work(name))));
    assert.deepEqual(said, ['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
    assert.equal(a?.status, 'fulfilled');
    assert.equal(b?.status, 'rejected');
    assert.equal(c?.status, 'fulfilled');
  });
});
