import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock, Ids } from './ports.js';

/** Timers overflow beyond this; longer sleeps are taken in parts. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    const end = performance.now() + ms;
    try {
      for (let left = ms; left > 0; left = end - performance.now()) {
        await wait(Math.min(left, LONGEST_TIMER_MS), undefined, { signal });
      }
    } catch {
      // Aborting a sleep ends it; that is all it means.
    }
  },
};

/** Ids nobody can guess. */
export const randomIds: Ids = {
  next: (prefix) => `${prefix}-${randomBytes(9).toString('base64url')}`,
};

/** Bytes nobody can guess. */
export const systemRandom = (bytes: number): Uint8Array => randomBytes(bytes);
