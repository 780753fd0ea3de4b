import type { Clock } from '../ports.js';

/**
 * A clock that stands still while anything goes on, and goes to the next moment somebody waits for when nothing does: a
 * timeout of an hour takes no time, and comes after everything that answers at once.
 *
 * @param start milliseconds since the Unix epoch
 * @param idle resolves when whatever goes on without waiting has gone on; by default the next turn of the event loop
 */
export function virtualClock(start: number, idle: () => Promise<void> = nextTurn): Clock {
  interface Sleeper {
    readonly at: number;
    readonly wake: () => void;
  }
  let time = 0;
  let watching = false;
  const sleepers = new Set<Sleeper>();

  const watch = async (): Promise<void> => {
    if (watching) return;
    watching = true;
    while (sleepers.size > 0) {
      await idle();
      let next: Sleeper | undefined;
      for (const sleeper of sleepers) if (!next || sleeper.at < next.at) next = sleeper;
      if (!next) break;
      sleepers.delete(next);
      time = Math.max(time, next.at);
      next.wake();
    }
    watching = false;
  };

  return {
    now: () => start + time,
    monotonic: () => time,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve();
          return;
        }
        const sleeper: Sleeper = {
          at: time + Math.max(0, ms),
          wake: () => {
            signal.removeEventListener('abort', abort);
            resolve();
          },
        };
        const abort = (): void => {
          sleepers.delete(sleeper);
          resolve();
        };
        signal.addEventListener('abort', abort, { once: true });
        sleepers.add(sleeper);
        void watch();
      }),
  };
}

/** The next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
