import assert from 'node:assert/strict';
import { type Clock, createTurns } from './turns.js';

/** A server whose checks take `took` milliseconds during which no message is seen, in time that passes at once. */
function simulate(took: number, keys: readonly number[]): { readonly checks: readonly number[]; readonly end: number } {
  let now = 0;
  let timers: { at: number; task: () => void }[] = [];
  const soon: (() => void)[] = [];
  const clock: Clock = {
    now: () => now,
    after(ms, task) {
      const timer = { at: now + ms, task };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    later: (task) => void soon.push(task),
  };
  const turns = createTurns(clock, () => took);
  const checks: number[] = [];
  let waiting = false;
  const check = (): void => {
    waiting = false;
    checks.push(now);
    now += took;
  };
  const messages = [...keys];
  for (;;) {
    const message = messages[0];
    if (message !== undefined && message <= now) {
      messages.shift();
      turns.changed('a');
      if (!waiting) turns.wait('a', check);
      waiting = true;
      continue;
    }
    const task = soon.shift();
    if (task) {
      task();
      continue;
    }
    timers.sort((a, b) => a.at - b.at);
    const timer = timers[0];
    const next = Math.min(timer?.at ?? Infinity, message ?? Infinity);
    if (next === Infinity) return { checks, end: now };
    now = Math.max(now, next);
    // A key that is due at the same time is seen first.
    if (timer && timer.at <= now && !(message !== undefined && message <= now)) {
      timers.shift();
      timer.task();
    }
  }
}

const burst = (gap: number): readonly number[] => Array.from({ length: 20 }, (_, index) => index * gap);

describe('the pace of checks', () => {
  it('is that of the keys while a check takes no time', () => {
    assert.deepEqual(simulate(9, burst(40)).checks, burst(40));
  });

  it('waits after a single edit no longer than a third of what the check takes, and not at all before a short one', () => {
    for (const took of [1, 9, 10, 30, 80, 500, 2000]) {
      const { checks } = simulate(took, [0]);
      assert.equal(checks.length, 1);
      assert.ok(checks[0]! <= took / 3, `${took}: ${checks[0]}`);
      assert.ok(took >= 10 || checks[0] === 0);
    }
    assert.ok(simulate(60_000, [0]).checks[0]! <= 1000);
  });

  it('has the last of 20 keys checked in at most half as much time again as a single one', () => {
    for (let took = 1; took <= 1500; took += took < 200 ? 1 : 7) {
      for (const gap of [40, 60, 100]) {
        const keys = burst(gap);
        const single = simulate(took, [0]).end;
        const after = simulate(took, keys).end - keys.at(-1)!;
        assert.ok(after <= single * 1.5, `${took} ms, keys every ${gap} ms: ${after} after the last, ${single} alone`);
      }
    }
  });

  it('does not check what nobody will see of a long text', () => {
    assert.equal(simulate(500, burst(40)).checks.length, 1);
  });

  it('begins anew after a pause', () => {
    const keys = [...burst(40), 3000];
    assert.deepEqual(simulate(500, keys).checks.at(-1), 3000 + simulate(500, [0]).checks[0]!);
  });
});
