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
 * process that is no more left behind is taken over. It keeps out mistakes, not attackers: who can write the folder can
 * remove it.
 */
export function takeLock(path: string): Lock {
  const own: Holder = { pid: process.pid, host: hostname(), since: Math.round(performance.timeOrigin) };
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(path, `${JSON.stringify(own)}\n`, { flag: 'wx', mode: 0o600 });
      return { ok: true, release: () => remove(path) };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') {
        return {
          ok: false,
          message: `The file ${path}, which says who writes the trace, cannot be made (${codeOf(error)}).`,
        };
      }
    }
    const holder = holderIn(path);
    if (holder && isAlive(holder, own)) {
      const where = holder.host === own.host ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`;
      return {
        ok: false,
        message: `The trace is still being written, by ${where}. End that run first. If that is no longer so, remove ${path}.`,
      };
    }
    remove(path);
  }
  return { ok: false, message: `Another process took ${path} in the same moment. Try again.` };
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
