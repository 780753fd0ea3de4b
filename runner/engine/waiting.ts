import { type Waited, within } from '../deadline.js';
import type { RunContext } from './context.js';
import { floorOf } from './places.js';

/**
 * Waits for a person, for at most `limit` milliseconds. The time of a step stands still meanwhile, that of the run does not:
 * people take as long as they take, and a step's `timeout` is about what machines do in it.
 */
export async function waitForPeople<T>(
  { clock, signal, floor, place, scopes, apply }: RunContext,
  ask: (signal: AbortSignal) => Promise<T>,
  limit: number | undefined,
): Promise<Waited<T>> {
  const keys = scopes.filter((scope) => scope.standsStill).map((scope) => scope.key);
  apply({ kind: 'waiting-began', scopes: keys, at: clock.monotonic() });
  try {
    return await within(ask, limit, clock, signal, floorOf(floor, place));
  } finally {
    apply({ kind: 'waiting-ended', scopes: keys, at: clock.monotonic() });
  }
}
