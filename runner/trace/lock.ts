import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isAlivePid } from './process-alive.js';
import { codeOf } from './system-error.js';

/** Who writes a trace: a process of a machine, since when. A number of a process is given out again, so it is not enough. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: number;
}

export type Lock =
  | { readonly ok: true; readonly release: () => void }
  | { readonly ok: false; readonly message: string };

/**
 * Takes a file that says who writes a trace, so that no second process goes on with a run that is still going. What a
 * process that is no more left behind is taken over, by one process: a second file says who is about to, and whoever has
 * it looks once more. It keeps out mistakes, not attackers: who can write the folder can remove it.
 * @param alive whether who holds it is still there, for tests
 */
export function takeLock(path: string, alive: (holder: Holder, own: Holder) => boolean = isAlive): Lock {
  const own: Holder = { pid: process.pid, host: hostname(), since: Math.round(performance.timeOrigin) };
  const first = make(path, own);
  if (first === 'made') return { ok: true, release: () => remove(path) };
  if (first !== 'there') return cannotBeMade(path, first);
  const held = heldBy(path, own, alive);
  if (held) return held;
  const taking = `${path}.taking`;
  const guard = make(taking, own);
  if (guard === 'there') {
    return {
      ok: false,
      message: `Another process is taking ${path} over. Try again; if there is none, remove ${taking}.`,
    };
  }
  if (guard !== 'made') return cannotBeMade(taking, guard);
  try {
    // Meanwhile another may have taken it over.
    const now = heldBy(path, own, alive);
    if (now) return now;
    remove(path);
    const made = make(path, own);
    if (made === 'made') return { ok: true, release: () => remove(path) };
    return made === 'there'
      ? { ok: false, message: `Another process took ${path} in the same moment. Try again.` }
      : cannotBeMade(path, made);
  } finally {
    remove(taking);
  }
}

/** Makes a file of a holder where there is none: `made`, `there`, or the code of the system's error. */
function make(path: string, own: Holder): string {
  try {
    writeFileSync(path, `${JSON.stringify(own)}\n`, { flag: 'wx', mode: 0o600 });
    return 'made';
  } catch (error) {
    const code = codeOf(error);
    return code === 'EEXIST' ? 'there' : code;
  }
}

function cannotBeMade(path: string, code: string): Lock {
  return { ok: false, message: `The file ${path}, which says who writes the trace, cannot be made (${code}).` };
}

/** Why it cannot be taken; `undefined` when whoever held it is no more. */
function heldBy(path: string, own: Holder, alive: (holder: Holder, own: Holder) => boolean): Lock | undefined {
  const holder = holderIn(path);
  if (!holder || !alive(holder, own)) return undefined;
  const where = holder.host === own.host ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`;
  return {
    ok: false,
    message: `The trace is still being written, by ${where}. End that run first. If that is no longer so, remove ${path}.`,
  };
}

function holderIn(path: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, host, since } = value as { readonly [member: string]: unknown };
    return Number.isSafeInteger(pid) && typeof pid === 'number' && typeof host === 'string' && typeof since === 'number'
      ? { pid, host, since }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Of another machine it cannot be told, so it counts as alive. */
function isAlive(holder: Holder, own: Holder): boolean {
  if (holder.host !== own.host) return true;
  if (holder.pid === own.pid) return holder.since === own.since;
  return isAlivePid(holder.pid);
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already, or not ours to remove: the next attempt to take it says so.
  }
}
