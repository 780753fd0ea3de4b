import type { Clock } from './ports.js';

export type Waited<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'cancelled' };

/**
 * What the parallel branches of a run take turns with. Whoever has it goes on alone; it is given up only while waiting for
 * what lies outside: a tool, a model, a person, the clock. So nothing happens between a decision and what rests on it, and
 * a run whose answers come at once always goes the same way.
 */
export interface Floor {
  release(): void;
  /** Resolves when it is this caller's turn, in the order of the calls. */
  take(): Promise<void>;
}

/** Why a signal aborted, without the full stop: what it was aborted with, where that is text. */
export function stopReason({ reason }: AbortSignal): string {
  return typeof reason === 'string' ? reason : 'The run was cancelled';
}

/** A floor that whoever makes it has. */
export function newFloor(): Floor {
  const waiting: (() => void)[] = [];
  let taken = true;
  return {
    release() {
      const next = waiting.shift();
      if (next) next();
      else taken = false;
    },
    take() {
      if (taken) return new Promise((resolve) => waiting.push(resolve));
      taken = true;
      return Promise.resolve();
    },
  };
}

/** One for all: without a reason, `abort` makes an error with its stack for every call that was answered. */
const NOT_WAITED_FOR = new DOMException('The answer is no longer waited for.', 'AbortError');

/**
 * Waits for `work`, for at most `limit` milliseconds and until `signal` aborts, without the `floor`. Work is given a signal
 * of its own, which aborts as soon as its answer is no longer waited for; what it answers later is dropped. Rejects when
 * `work` does.
 */
export async function within<T>(
  work: (signal: AbortSignal) => Promise<T>,
  limit: number | undefined,
  clock: Clock,
  signal: AbortSignal,
  floor?: Floor,
): Promise<Waited<T>> {
  if (signal.aborted) return { kind: 'cancelled' };
  if (limit !== undefined && !(limit > 0)) return { kind: 'timed-out' };
  const ended = new AbortController();
  let cancel = (): void => {};
  const waits: Promise<Waited<T>>[] = [
    work(ended.signal).then((value) => ({ kind: 'done', value })),
    new Promise((resolve) => {
      cancel = () => {
        if (!clock.inTime?.(ended.signal)) resolve({ kind: 'cancelled' });
      };
      signal.addEventListener('abort', cancel, { once: true });
    }),
  ];
  if (limit !== undefined) waits.push(clock.sleep(limit, ended.signal).then(() => ({ kind: 'timed-out' })));
  floor?.release();
  try {
    return await Promise.race(waits);
  } finally {
    signal.removeEventListener('abort', cancel);
    ended.abort(NOT_WAITED_FOR);
    await floor?.take();
  }
}
