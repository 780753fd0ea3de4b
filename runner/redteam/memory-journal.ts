import type { Clock } from '../ports.js';
import { TRACE_VERSION, type TraceLine } from '../protocol/trace.js';
import { plainJson, sha256 } from '../trace/canonical.js';
import { type Journal, JournalError } from '../trace/journal.js';
import { isTraceLine, lineProblem } from '../trace/shape.js';

/** What the engine writes to, kept and written nowhere. */
export interface MemoryJournal extends Pick<Journal, 'lines' | 'write'> {
  readonly kept: readonly TraceLine[];
}

const UNHASHED = sha256('');

/**
 * Takes the same lines as a journal on disk, for runs of which only the events are looked at: a test of many runs. There is no
 * file and no chain, and secrets stay, so nothing but a simulation may use it, and its lines must go nowhere.
 */
export function memoryJournal(run: string, clock: Clock): MemoryJournal {
  const kept: TraceLine[] = [];
  const started = clock.monotonic();
  let closed = false;
  return {
    kept,
    get lines() {
      return kept.length;
    },
    async write(event, step, actor, data) {
      if (closed) throw new JournalError(`"${event}" cannot be added: the run was closed before.`);
      const line: unknown = {
        v: TRACE_VERSION,
        run,
        seq: kept.length,
        time: new Date(clock.now()).toISOString(),
        mono: clock.monotonic() - started,
        event,
        step,
        actor: plainJson(actor),
        data: plainJson(data),
        prev: UNHASHED,
        hash: UNHASHED,
      };
      if (!isTraceLine(line)) throw new JournalError(`"${event}" does not fit the trace format: ${lineProblem(line)}.`);
      kept.push(line);
      closed = event === 'run.closed';
      return line;
    },
  };
}
