import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { controlPath, type LiveRun, orderStop, readLive } from './control.js';
import type { Clock } from './ports.js';
import { isAlivePid } from './trace/process-alive.js';
import { isObject } from './trace/shape.js';

/** How a run that was to end took it. */
export type Killed =
  /** It wrote `killed`, or it is over: no effect begins any more. */
  | { readonly kind: 'ended' }
  /** Its process is gone, so nothing of it goes on; its trace is cut off. */
  | { readonly kind: 'gone' }
  /** There is no such run, or it was over before. */
  | { readonly kind: 'not-running' }
  /** The order is there, and the run has not confirmed it in time. It looks for it before its next effect. */
  | { readonly kind: 'unconfirmed'; readonly pid: number | null };

export interface KillOptions {
  readonly trace: string;
  readonly by: string;
  readonly reason: string;
  readonly clock: Clock;
  /** Milliseconds for which it is waited for the run's word. */
  readonly wait: number;
}

/** How often it is looked for the run's word. */
const LOOK_EVERY_MS = 20;
/** More than the lines between `killed` and the end of a run. */
const TAIL_BYTES = 1024 * 1024;

/**
 * Ends a run in another process before its next effect, and waits for it to say so. Once this returns `ended` or `gone`, no
 * effect of the run begins any more; one under way completes.
 */
export async function killRun({ trace, by, reason, clock, wait }: KillOptions): Promise<Killed> {
  if (!orderStop(trace, by, reason)) return { kind: 'not-running' };
  // Whose run it is may not be readable; the order is there all the same.
  const live = readLive(trace);
  const until = clock.monotonic() + wait;
  for (;;) {
    if (hasEnded(trace)) return { kind: 'ended' };
    if (live && !isAlivePid(live.pid)) {
      // It may have written its last line right before it went.
      if (hasEnded(trace)) return { kind: 'ended' };
      removeStale(trace);
      return { kind: 'gone' };
    }
    if (!(clock.monotonic() < until)) return { kind: 'unconfirmed', pid: live?.pid ?? null };
    await clock.sleep(LOOK_EVERY_MS, NEVER);
  }
}

const NEVER = new AbortController().signal;

export interface FoundRun extends LiveRun {
  readonly trace: string;
  /** Whether its process is there. One that died left its control file behind. */
  readonly alive: boolean;
}

/** The runs whose traces lie in a folder and that go on, or died there; the oldest first. */
export function liveRuns(folder: string): readonly FoundRun[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  const end = controlPath('.trace.jsonl');
  return names
    .filter((name) => name.endsWith(end))
    .flatMap((name) => {
      const trace = join(folder, name.slice(0, -controlPath('').length));
      const live = readLive(trace);
      return live ? [{ ...live, trace, alive: isAlivePid(live.pid) }] : [];
    })
    .sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0));
}

/** Whether the run of a trace goes on. Where its control file does not say whose it is, it may. */
export function isLive(trace: string): boolean {
  const live = readLive(trace);
  const mayGoOn = live === undefined ? existsSync(controlPath(trace)) : isAlivePid(live.pid);
  return mayGoOn && !hasEnded(trace);
}

/** Whether the newest lines say that no effect follows. */
function hasEnded(trace: string): boolean {
  return tailOf(trace)
    .split('\n')
    .some((line) => {
      try {
        const value: unknown = JSON.parse(line);
        return isObject(value) && (value.event === 'killed' || value.event === 'run.closed');
      } catch {
        // Cut off at its start, or not yet written to its end.
        return false;
      }
    });
}

function tailOf(trace: string): string {
  let file: number;
  try {
    file = openSync(trace, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8', 0, read);
  } finally {
    closeSync(file);
  }
}

function removeStale(trace: string): void {
  try {
    unlinkSync(controlPath(trace));
  } catch {
    // Gone already.
  }
}
