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
import { redact } from './redact.js';
import { isTraceLine, lineProblem } from './shape.js';

/** A line longer than this, in bytes, is neither written nor read. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** On disk (fdatasync) before `write` resolves: what an effect, or a claim about a person, rests on. */
const DURABLE: ReadonlySet<TraceEventName> = new Set(['run.opened', 'decided', 'gate.closed', 'intent', 'run.closed']);

/** The only writer of traces. One journal is one run is one file. */
export interface Journal {
  readonly run: string;
  readonly path: string;
  /** Lines handed in so far; the `lines` of `run.closed` is this plus one, for it counts itself. */
  readonly lines: number;
  /**
   * Appends one line, in the order of the calls. Secrets in `data` are redacted first. For `run.opened`, `decided`,
   * `gate.closed`, `intent` and `run.closed` it resolves when the line and all before it are on disk; for others as soon
   * as the line is queued. Rejects with a `JournalError` when this or an earlier line could not be written: the run must
   * stop then, before any further effect.
   */
  write<E extends TraceEventName>(
    event: E,
    step: string | null,
    actor: Actor,
    data: TraceEvents[E],
  ): Promise<TraceLine>;
  /** Calls back with each line once the operating system has it. Returns what stops that. */
  onLine(listener: (line: TraceLine) => void): () => void;
  /** Writes what is queued, flushes and closes the file. Rejects with a `JournalError` when lines were lost. */
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
    const file = await open(path, 'ax', 0o600);
    await syncFolder(dirname(path));
    return { ok: true, journal: journalOn(file, path, options) };
  } catch (error) {
    return { ok: false, message: openProblem(path, error) };
  }
}

interface Queued {
  readonly bytes: Buffer;
  readonly line: TraceLine;
  readonly durable: (() => void) | undefined;
  readonly failed: (error: JournalError) => void;
}

function journalOn(file: FileHandle, path: string, options: JournalOptions): Journal {
  const clean = options.redact ?? redact;
  const started = options.clock.monotonic();
  const listeners = new Set<(line: TraceLine) => void>();
  let queue: Queued[] = [];
  let pumping: Promise<void> | undefined;
  let failure: JournalError | undefined;
  let prev = sha256('');
  let seq = 0;
  let mono = 0;
  let ended: 'no' | 'run closed' | 'file closed' = 'no';

  const write: Journal['write'] = (event, step, actor, data) => {
    if (failure) return Promise.reject(failure);
    if (ended !== 'no') {
      return Promise.reject(
        new JournalError(`Nothing can be added to the trace ${path}: the ${ended} before "${event}".`),
      );
    }
    mono = Math.max(mono, Math.round((options.clock.monotonic() - started) * 1000) / 1000);
    const head = `{"actor":${canonical(clean(actor))},"data":${canonical(clean(data))},"event":${canonical(event)},`;
    const tail =
      `"mono":${canonical(mono)},"prev":"${prev}","run":${canonical(options.run)},"seq":${seq},` +
      `"step":${canonical(step)},"time":"${new Date(options.clock.now()).toISOString()}","v":${TRACE_VERSION}}`;
    const text = `${head}"hash":"${sha256(head + tail)}",${tail}`;
    const bytes = Buffer.from(`${text}\n`);
    const line: unknown = JSON.parse(text);
    if (!isTraceLine(line)) {
      return Promise.reject(new JournalError(`"${event}" does not fit the trace format: ${lineProblem(line)}.`));
    }
    if (bytes.length > MAX_LINE_BYTES) {
      return Promise.reject(
        new JournalError(`"${event}" takes ${bytes.length} bytes in the trace; a line may take ${MAX_LINE_BYTES}.`),
      );
    }
    prev = sha256(text);
    seq += 1;
    if (event === 'run.closed') ended = 'run closed';
    return new Promise((resolve, reject) => {
      const durable = DURABLE.has(event);
      queue.push({ bytes, line, durable: durable ? () => resolve(line) : undefined, failed: reject });
      pumping ??= pump();
      if (!durable) resolve(line);
    });
  };

  const pump = async (): Promise<void> => {
    while (queue.length > 0 && !failure) {
      const batch = queue;
      queue = [];
      try {
        await appendAll(file, Buffer.concat(batch.map((queued) => queued.bytes)));
        if (batch.some((queued) => queued.durable)) await file.datasync();
      } catch (error) {
        failure = new JournalError(writeProblem(path, error));
        for (const queued of [...batch, ...queue]) queued.failed(failure);
        break;
      }
      for (const queued of batch) {
        // A listener that throws must not keep later lines from the disk.
        for (const listener of listeners) queueMicrotask(() => listener(queued.line));
        queued.durable?.();
      }
    }
    pumping = undefined;
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
      if (ended === 'file closed') return;
      ended = 'file closed';
      await pumping;
      try {
        if (!failure) await file.datasync();
      } catch (error) {
        failure = new JournalError(writeProblem(path, error));
      }
      await file.close();
      if (failure) throw failure;
    },
  };
}

/** A write may take fewer bytes than it was given. */
async function appendAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
}

/** Makes the new file's name durable too. Not every file system can; the content is synced either way. */
async function syncFolder(folder: string): Promise<void> {
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

function openProblem(path: string, error: unknown): string {
  switch (codeOf(error)) {
    case 'EEXIST':
      return `There is already a file at ${path}. A trace is never overwritten; name another file, or move this one away.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `The trace cannot be written to ${path}: no permission. Name a place you may write to.`;
    case 'ENOTDIR':
      return `The trace cannot be written to ${path}: part of its path is a file, not a folder.`;
    default:
      return `The trace cannot be written to ${path} (${codeOf(error)}). Nothing was run.`;
  }
}

function writeProblem(path: string, error: unknown): string {
  const code = codeOf(error);
  const what = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : `the system said ${code}`;
  return `The trace ${path} could not be written: ${what}. The run stops here, since nothing may happen that is not recorded.`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
}
