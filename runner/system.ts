import { randomBytes, randomUUID } from 'node:crypto';
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

/** Ids nobody can guess: 72 random bits each. */
export const randomIds: Ids = {
  next(prefix) {
    // Node fetches the bits of many UUIDs at a time; those of its version and variant are not taken.
    const uuid = randomUUID();
    return `${prefix}-${Buffer.from(uuid.slice(0, 8) + uuid.slice(24, 34), 'hex').toString('base64url')}`;
  },
};

/** Bytes nobody can guess. */
export const systemRandom = (bytes: number): Uint8Array => randomBytes(bytes);
