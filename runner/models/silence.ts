import type { Clock } from '../ports.js';

/** Ends a request that nothing is heard of any more. */
export interface SilenceWatch {
  /** Aborts when nothing was heard for the limit, and when the outer signal does. */
  readonly signal: AbortSignal;
  /** Whether it was the silence that aborted. */
  readonly silent: () => boolean;
  readonly heard: () => void;
  /** To be called once the request ended, however it did. */
  readonly end: () => void;
}

/** @param limit milliseconds without a byte */
export function watchSilence(clock: Clock, limit: number, outer: AbortSignal): SilenceWatch {
  const request = new AbortController();
  const over = new AbortController();
  const forward = (): void => request.abort();
  let last = clock.monotonic();
  let silent = false;
  const wait = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const left = last + limit - clock.monotonic();
      if (!(left > 0)) {
        silent = true;
        request.abort();
        return;
      }
      await clock.sleep(left, over.signal);
    }
  };
  if (outer.aborted) request.abort();
  outer.addEventListener('abort', forward, { once: true });
  void wait();
  return {
    signal: request.signal,
    silent: () => silent,
    heard: () => {
      last = clock.monotonic();
    },
    end: () => {
      outer.removeEventListener('abort', forward);
      over.abort();
    },
  };
}
