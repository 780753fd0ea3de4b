import assert from 'node:assert/strict';
import { virtualClock } from './virtual-clock.js';

const never = new AbortController().signal;

describe('virtual clock', () => {
  it('goes to the next moment somebody waits for, in order, however they were started', async () => {
    const clock = virtualClock(1_000);
    const woken: string[] = [];
    const sleep = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms, never);
      woken.push(`${name} at ${clock.now()}`);
    };
    await Promise.all([sleep('late', 3_600_000), sleep('soon', 5), sleep('then', 500)]);
    assert.deepEqual(woken, ['soon at 1005', 'then at 1500', 'late at 3601000']);
    assert.equal(clock.monotonic(), 3_600_000);
  });

  it('stands still while anything goes on without waiting', async () => {
    const clock = virtualClock(0);
    const stop = new AbortController();
    const timeout = clock.sleep(10, stop.signal);
    for (let i = 0; i < 1_000; i++) await Promise.resolve();
    stop.abort();
    await timeout;
    assert.equal(clock.now(), 0);
  });

  it('takes no time for a wait that was given up before', async () => {
    const clock = virtualClock(0);
    await clock.sleep(10, AbortSignal.abort());
    assert.equal(clock.now(), 0);
  });

  it('a wait that starts when another ends counts from there', async () => {
    const clock = virtualClock(0);
    await clock.sleep(10, never);
    await clock.sleep(10, never);
    assert.equal(clock.now(), 20);
  });
});
