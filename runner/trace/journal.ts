import { ftruncateSync, writeSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../ports.js';
import {
  type Actor,
  type Json,
  TRACE_VERSION,
  type TraceEventName,
  type TraceEvents,
  type TraceLine,
} from '../protocol/trace.js';
import { canonical, sha256 } from './canonical.js';
import { MAX_LINE_BYTES } from './limits.js';
import { takeLock } from './lock.js';
import { redact } from './redact.js';
import { isTraceLine, lineProblem } from './shape.js';
import { sideFiles } from './side-files.js';
import { codeOf } from './system-error.js';

/** On disk (fdatasync) before `write` resolves: what an effect, or a claim about a person, rests on. */
const DURABLE: ReadonlySet<TraceEventName> = new Set([
  'run.opened',
  'decided',
  'gate.closed',
  'intent',
  'killed',
  'resumed',
  'recovered',
  'outcome.unknown',
  'run.closed',
]);

/** The only writer of traces. One journal is one run is one file. */
export interface Journal {
  readonly run: string;
  readonly path: string;
  /** Lines handed in so far; the `lines` of `run.closed` is this plus one, for it counts itself. */
  readonly lines: number;
  /**
   * Appends one line, in the order of the calls. Secrets in `data` are redacted first. For what an effect or a claim about
   * a person rests on (`DURABLE`) it resolves when the line and all before it are on disk; for others when the operating
   * system has the line. Rejects with a `JournalError` when this or an earlier line could not be written: the
   * run must stop then, before any further effect.
   */
  write<E extends TraceEventName>(
    event: E,
    step: string | null,
    actor: Actor,
    data: TraceEvents[E],
  ): Promise<TraceLine>;
  /** Calls back with each line, in order, once the operating system has it. Returns what stops that. It must not throw. */
  onLine(listener: (line: TraceLine) => void): () => void;
  /** Flushes and closes the file. Rejects with a `JournalError` when lines were lost. */
  close(): Promise<void>;
}

/** The trace could not be written. `message` is for a person. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

export interface JournalOptions {
  readonly run: string;
  readonly clock: Clock;
  /** Replaces secrets and makes data canonical; `redact` unless given. */
  readonly redact?: (value: unknown) => Json;
}

/** Creates the trace file of a new run. Never overwrites: a trace is evidence. */
export async function openJournal(
  path: string,
  options: JournalOptions,
): Promise<{ readonly ok: true; readonly journal: Journal } | { readonly ok: false; readonly message: string }> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    // A file in the way is EEXIST or ENOTDIR, by where in the path it stands.
    const code = codeOf(error);
    return { ok: false, message: openProblem(path, code === 'EEXIST' ? 'ENOTDIR' : code) };
  }
  let file: FileHandle;
  try {
    file = await open(path, 'ax', 0o600);
  } catch (error) {
    return { ok: false, message: openProblem(path, codeOf(error)) };
  }
  const lock = takeLock(sideFiles(path).lock);
  if (!lock.ok) {
    await file.close();
    return lock;
  }
  await syncFolder(dirname(path));
  return { ok: true, journal: journalOn({ file, path, release: lock.release, at: START, ...options }) };
}

/** Where in a trace a journal goes on. */
export interface JournalState {
  /** What the next line continues. */
  readonly prev: string;
  readonly seq: number;
  readonly mono: number;
  /** Bytes of the file so far. */
  readonly size: number;
}

const START: JournalState = { prev: sha256(''), seq: 0, mono: 0, size: 0 };

export interface JournalParts extends JournalOptions {
  /** Opened for appending; the journal closes it. */
  readonly file: OpenFile;
  readonly path: string;
  /** Lets go of the lock. */
  readonly release: () => void;
  readonly at: JournalState;
}

/** The journal of an open file. Only for who makes sure that nobody else writes the file: `openJournal`, `reopenJournal`. */
export function journalOn({ file, path, release, at, ...options }: JournalParts): Journal {
  const clean = options.redact ?? redact;
  const started = options.clock.monotonic() - at.mono;
  const listeners = new Set<(line: TraceLine) => void>();
  let failure: JournalError | undefined;
  let { prev, seq, mono, size } = at;
  let ended: 'no' | 'the run was closed' | 'the file was closed' = 'no';

  const fail = (error: unknown): JournalError => {
    failure = new JournalError(writeProblem(path, error));
    return failure;
  };

  const write: Journal['write'] = async (event, step, actor, data) => {
    if (failure) throw failure;
    if (ended !== 'no') throw new JournalError(`"${event}" cannot be added to the trace ${path}: ${ended} before.`);
    const now = Math.max(mono, Math.round((options.clock.monotonic() - started) * 1000) / 1000);
    const head = `{"actor":${canonical(clean(actor))},"data":${canonical(clean(data))},"event":${canonical(event)},`;
    const tail =
      `"mono":${canonical(now)},"prev":"${prev}","run":${canonical(options.run)},"seq":${seq},` +
      `"step":${canonical(step)},"time":"${new Date(options.clock.now()).toISOString()}","v":${TRACE_VERSION}}`;
    const text = `${head}"hash":"${sha256(head + tail)}",${tail}`;
    const line: unknown = JSON.parse(text);
    if (!isTraceLine(line)) throw new JournalError(`"${event}" does not fit the trace format: ${lineProblem(line)}.`);
    const bytes = Buffer.from(`${text}\n`);
    if (bytes.length > MAX_LINE_BYTES) {
      throw new JournalError(
        `"${event}" would take ${bytes.length} bytes of the trace; a line may take ${MAX_LINE_BYTES}.`,
      );
    }
    try {
      append(file.fd, bytes, size);
    } catch (error) {
      throw fail(error);
    }
    size += bytes.length;
    prev = sha256(text);
    seq += 1;
    mono = now;
    if (event === 'run.closed') ended = 'the run was closed';
    for (const listener of listeners) listener(line);
    if (DURABLE.has(event)) {
      try {
        await file.datasync();
      } catch (error) {
        throw fail(error);
      }
    }
    return line;
  };

  return {
    run: options.run,
    path,
    get lines() {
      return seq;
    },
    write,
    onLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      if (ended === 'the file was closed') return;
      ended = 'the file was closed';
      try {
        if (!failure) await file.datasync();
      } catch (error) {
        fail(error);
      }
      await file.close();
      release();
      if (failure) throw failure;
    },
  };
}

export type OpenFile = Pick<FileHandle, 'fd' | 'datasync' | 'close'>;

/**
 * Appends the whole line or, where that fails, none of it. Synchronous: an append to the page cache takes microseconds,
 * less than the way to a thread and back, and it keeps the lines in the order of the calls.
 */
function append(fd: number, bytes: Buffer, size: number): void {
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
  } catch (error) {
    try {
      ftruncateSync(fd, size);
    } catch {
      // The torn line stays; a reader finds it.
    }
    throw error;
  }
}

/** Makes the new file's name durable too. Not every file system can; the content is synced either way. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    return;
  }
}

function openProblem(path: string, code: string): string {
  switch (code) {
    case 'EEXIST':
      return `There is already a file at ${path}. A trace is never overwritten; name another file, or move this one away.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `The trace cannot be written to ${path}: no permission. Name a place you may write to.`;
    case 'ENOTDIR':
      return `The trace cannot be written to ${path}: part of its path is a file, not a folder.`;
    default:
      return `The trace cannot be written to ${path} (${code}). Nothing was run.`;
  }
}

function writeProblem(path: string, error: unknown): string {
  const code = codeOf(error);
  const what = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : `the system said ${code}`;
  return `The trace ${path} could not be written: ${what}. The run stops here, since nothing may happen that is not recorded.`;
}
