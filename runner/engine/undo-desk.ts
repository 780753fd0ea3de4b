import type { Floor } from '../deadline.js';

/** Where the offers of a run to take acts back lie open, until it is over. */
export interface UndoDesk {
  /** Aborts when nobody may answer any more. */
  readonly signal: AbortSignal;
  /** Does `act` with an answer, once it comes, on the floor of the run. */
  later<T>(answer: Promise<T | undefined>, act: (given: T) => Promise<unknown>): void;
  /**
   * Closes every offer that has no answer, and waits for what is being done. The caller has the floor, and has it again.
   * Rejects with the first fault of what was done.
   */
  close(): Promise<void>;
  /** Closes every offer of a run that broke: nobody is asked any more, and nothing is waited for. */
  withdraw(): void;
}

export function newUndoDesk(floor: Floor): UndoDesk {
  const closing = new AbortController();
  const open = new Set<Promise<void>>();
  let fault: { readonly error: unknown } | undefined;
  const closed = new Promise<undefined>((resolve) => {
    closing.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  return {
    signal: closing.signal,
    later(answer, act) {
      const done = Promise.race([answer, closed]).then(async (given) => {
        if (given === undefined) return;
        await floor.take();
        try {
          await act(given);
        } catch (error) {
          fault ??= { error };
        } finally {
          floor.release();
        }
      });
      open.add(done);
      done.finally(() => open.delete(done));
    },
    withdraw: () => closing.abort(),
    async close() {
      closing.abort();
      floor.release();
      await Promise.all(open);
      await floor.take();
      if (fault) throw fault.error;
    },
  };
}
