import type { Clock } from './ports.js';

export type Waited<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'cancelled' };

/**
 * Waits for `work`, for at most `limit` milliseconds and until `signal` aborts. Work is given a signal of its own, which
 * aborts as soon as its answer is no longer waited for; what it answers later is dropped. Rejects when `work` does.
 */
export async function within<T>(
  work: (signal: AbortSignal) => Promise<T>,
  limit: number | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<Waited<T>> {
  if (signal.aborted) return { kind: 'cancelled' };
  if (limit !== undefined && !(limit > 0)) return { kind: 'timed-out' };
  const ended = new AbortController();
  let cancel = (): void => {};
  const waits: Promise<Waited<T>>[] = [
    work(ended.signal).then((value) => ({ kind: 'done', value })),
    new Promise((resolve) => {
      cancel = () => resolve({ kind: 'cancelled' });
      signal.addEventListener('abort', cancel, { once: true });
    }),
  ];
  if (limit !== undefined) waits.push(clock.sleep(limit, ended.signal).then(() => ({ kind: 'timed-out' })));
  try {
    return await Promise.race(waits);
  } finally {
    signal.removeEventListener('abort', cancel);
    ended.abort();
  }
}
