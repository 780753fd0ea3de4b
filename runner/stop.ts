import { type LiveRun, openControl } from './control.js';
import { stopReason } from './deadline.js';
import type { Actor } from './protocol/trace.js';
import type { Journal } from './trace/journal.js';

/** What ends a run from outside: the signal of who started it, and its control file. */
export interface Stoppable {
  /** Aborts when either says so. */
  readonly signal: AbortSignal;
  /** Looks at the control file now. Why the run is to end; `undefined`: nobody ordered it to. */
  readonly check: () => string | undefined;
  /** The run is over. */
  close(): void;
}

/**
 * Makes a run stoppable. Whoever stops it first is written as `killed`, after the signal aborted: so no effect begins after
 * that line.
 * @param user who started the run, and whose signal it is
 */
export function stoppable(
  journal: Journal,
  live: LiveRun,
  caller: AbortSignal,
  user: string,
): { readonly ok: true; readonly stop: Stoppable } | { readonly ok: false; readonly message: string } {
  const killed = onceIn(journal);
  const opened = openControl(journal.path, live, ({ by, how, reason }) =>
    killed({ kind: 'human', id: by, how }, reason),
  );
  if (!opened.ok) return opened;
  const { control } = opened;
  const cancelled = (): void => killed({ kind: 'human', id: user, how: 'started-it' }, stopReason(caller));
  if (caller.aborted) cancelled();
  else caller.addEventListener('abort', cancelled, { once: true });
  return {
    ok: true,
    stop: {
      signal: AbortSignal.any([caller, control.signal]),
      check: control.check,
      close() {
        caller.removeEventListener('abort', cancelled);
        control.close();
      },
    },
  };
}

/** Writes `killed` once, as soon as the run is opened. */
function onceIn(journal: Journal): (by: Actor, reason: string) => void {
  let done = false;
  return (by, reason) => {
    if (done) return;
    done = true;
    // A trace that cannot be written ends the run by itself; one that is closed needs no further line.
    const write = (): void => {
      journal.write('killed', null, by, { reason }).catch(() => undefined);
    };
    if (journal.lines > 0) {
      write();
      return;
    }
    const off = journal.onLine(() => {
      off();
      queueMicrotask(write);
    });
  };
}
