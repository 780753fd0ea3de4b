import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../ports.js';
import type { Actor, TraceEventName, TraceEvents, TraceLine } from '../protocol/trace.js';
import { blobWriter } from './blobs.js';
import { sha256 } from './canonical.js';
import { CHECKPOINT_EVERY, isCheckpointed, signCheckpoint } from './checkpoint.js';
import { checkpointFile } from './checkpoint-file.js';
import { JournalError } from './journal-error.js';
import { MAX_LINE_BYTES } from './limits.js';
import { lineQueue } from './line-queue.js';
import { takeLock } from './lock.js';
import { type MerkleTree, merkleTree } from './merkle.js';
import { lineMaker, type NewLine, type WrittenLine } from './new-line.js';
import type { Signer } from './note.js';
import { PERSONAL_TYPES, type PersonalValue } from './personal.js';
import { newPersonal, type PersonalWriter } from './personal-writer.js';
import { sideFiles } from './side-files.js';
import { syncFolder } from './sync-folder.js';
import { codeOf, isSystemError } from './system-error.js';

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

/**
 * What the run says to itself: these lines may wait for the next that is not one of them. People, models and tools are not asked
 * before the line that says so has been handed on, and what they answered or did is handed on at once.
 */
const MAY_WAIT: ReadonlySet<TraceEventName> = new Set([
  'step.entered',
  'step.skipped',
  'step.left',
  'branch',
  'iteration',
  'joined',
  'called',
  'proposed',
  'authorized',
  'budget',
]);

/** The only writer of traces. One journal is one run is one file. */
export interface Journal {
  readonly run: string;
  readonly path: string;
  /** Lines handed in so far and not lost; the `lines` of `run.closed` is this plus one, for it counts itself. */
  readonly lines: number;
  /**
   * Appends one line, in the order of the calls. Secrets in `data` are redacted first. For what an effect or a claim about
   * a person rests on (`DURABLE`) it resolves when the line and all before it are on disk; for others when the operating
   * system has it. Lines that may wait (`MAY_WAIT`) have their place in the order only: the operating system has them with the
   * next line of another kind, and when this turn of the event loop is over at the latest. Rejects with a `JournalError` when
   * this or an earlier line could not be written: the run must stop then, before any further effect.
   */
  write<E extends TraceEventName>(
    event: E,
    step: string | null,
    actor: Actor,
    data: TraceEvents[E],
  ): Promise<TraceLine>;
  /** A call's digest as the lines have it: where personal data has tokens, not the plain one. */
  digestAsWritten(digest: string): string;
  /** Calls back with each line, in order, once the operating system has it. Returns what stops that. It must not throw. */
  onLine(listener: (line: TraceLine) => void): () => void;
  /** Flushes and closes the file. Rejects with a `JournalError` when lines were lost. */
  close(): Promise<void>;
}

export { JournalError };

export interface JournalOptions {
  readonly run: string;
  readonly clock: Clock;
  /** Signs checkpoints of the trace into a file beside it; nobody does unless given. */
  readonly signer?: Signer | undefined;
  /** How many lines there are at most between checkpoints; `CHECKPOINT_EVERY` unless given. */
  readonly checkpointEvery?: number | undefined;
  /** Values that tokens are written for, with salts of these random bytes; none unless given. */
  readonly personal?: { readonly values: readonly PersonalValue[]; readonly random: Random } | undefined;
}

/** So many bytes that nobody can guess. */
export type Random = (bytes: number) => Uint8Array;

/** Creates the trace file of a new run. Never overwrites: a trace is evidence. */
export async function openJournal(
  path: string,
  options: JournalOptions,
): Promise<{ readonly ok: true; readonly journal: Journal } | { readonly ok: false; readonly message: string }> {
  const side = sideFiles(path);
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    // A file in the way is EEXIST or ENOTDIR, by where in the path it stands.
    const code = codeOf(error);
    return { ok: false, message: openProblem(path, code === 'EEXIST' ? 'ENOTDIR' : code) };
  }
  for (const left of [side.checkpoints, side.blobs, side.personal, side.torn(1), side.control]) {
    if (existsSync(left)) return { ok: false, message: openProblem(left, 'EEXIST') };
  }
  const made: { readonly path: string; readonly file: FileHandle }[] = [];
  let at = path;
  let release: (() => void) | undefined;
  const create = async (name: string): Promise<FileHandle> => {
    at = name;
    const file = await open(name, 'ax', 0o600);
    made.push({ path: name, file });
    return file;
  };
  /** Leaves nothing behind of a run that does not start. */
  const undo = async (): Promise<void> => {
    for (const one of made) {
      await one.file.close();
      await rm(one.path, { force: true });
    }
    release?.();
  };
  try {
    const file = await create(path);
    const lock = takeLock(side.lock);
    if (!lock.ok) {
      await undo();
      return lock;
    }
    release = lock.release;
    const checkpoints = options.signer && (await create(side.checkpoints));
    at = side.personal;
    const personal = options.personal && (await newPersonal(at, options.run, options.personal));
    await syncFolder(dirname(path));
    return {
      ok: true,
      journal: journalOn({ ...options, file, path, checkpoints, personal, release, from: START, tree: merkleTree() }),
    };
  } catch (error) {
    await undo();
    if (!isSystemError(error)) throw error;
    return { ok: false, message: openProblem(at, codeOf(error)) };
  }
}

/** Where in a trace a journal goes on. */
export interface JournalState {
  /** What the next line continues. */
  readonly prev: string;
  readonly seq: number;
  readonly mono: number;
  /** Bytes of the file so far, and of that with checkpoints. */
  readonly size: number;
  readonly checkpointSize: number;
}

const START: JournalState = { prev: sha256(''), seq: 0, mono: 0, size: 0, checkpointSize: 0 };

export interface JournalParts extends Omit<JournalOptions, 'personal'> {
  /** Opened for appending, as is that for checkpoints; the journal closes them. */
  readonly file: OpenFile;
  readonly checkpoints: OpenFile | undefined;
  readonly personal: PersonalWriter | undefined;
  readonly path: string;
  /** Lets go of the lock. */
  readonly release: () => void;
  readonly from: JournalState;
  /** Over the lines so far. Used where somebody signs. */
  readonly tree: MerkleTree;
}

/** The journal of an open file. Only for who makes sure that nobody else writes the file: `openJournal`, `reopenJournal`. */
export function journalOn(parts: JournalParts): Journal {
  const { file, path, clock, run, signer, tree, personal, checkpointEvery: every = CHECKPOINT_EVERY } = parts;
  const started = clock.monotonic() - parts.from.mono;
  const listeners = new Set<(line: TraceLine) => void>();
  const blobs = blobWriter(sideFiles(path).blobs);
  const checkpoints = signer && parts.checkpoints && checkpointFile(parts.checkpoints, parts.from.checkpointSize);
  const lineOf = lineMaker({ run, personal });
  let failure: JournalError | undefined;
  let { prev, seq, mono } = parts.from;
  let ended: 'no' | 'the run was closed' | 'the file was closed' = 'no';

  const fail = (error: unknown): JournalError => {
    failure = new JournalError(writeProblem(path, error));
    return failure;
  };

  const queue = lineQueue(file.fd, parts.from.size, {
    written: (line) => {
      for (const listener of listeners) listener(line);
    },
    failed: (error, lost) => {
      fail(error);
      seq -= lost;
    },
  });

  const write: Journal['write'] = async (event, step, actor, given) => {
    if (failure) throw failure;
    if (ended !== 'no') throw new JournalError(`"${event}" cannot be added to the trace ${path}: ${ended} before.`);
    const now = Math.max(mono, Math.round((clock.monotonic() - started) * 1000) / 1000);
    const line = made({
      event,
      step,
      actor,
      data: announced(event, given),
      seq,
      prev,
      mono: now,
      time: clock.now(),
    });
    const bytes = queue.place(`${line.text}\n`);
    if (failure) throw failure;
    const largest = largestOf(bytes, line.contents);
    if (largest > MAX_LINE_BYTES) {
      throw new JournalError(`"${event}" would take ${largest} bytes of the trace; a line may take ${MAX_LINE_BYTES}.`);
    }
    try {
      for (const [digest, content] of line.contents) blobs.put(digest, content);
    } catch (error) {
      throw fail(error);
    }
    const stored = bytes.subarray(0, -1);
    prev = sha256(stored);
    seq += 1;
    mono = now;
    if (event === 'run.closed') ended = 'the run was closed';
    const upTo = seq;
    let signed = false;
    if (signer && checkpoints) {
      tree.add(stored);
      signed = isCheckpointed(event, upTo, every);
      if (signed) checkpoints.add(upTo, signCheckpoint({ size: upTo, root: tree.root() }, run, signer));
    }
    queue.add(bytes, line.value);
    if (signed || !MAY_WAIT.has(event)) queue.flush();
    if (failure) throw failure;
    if (signed || DURABLE.has(event)) {
      try {
        await personal?.sync();
        await blobs.sync();
        await file.datasync();
        // Not before the lines it covers: after a crash it would tell of lines that are not there.
        await checkpoints?.write(upTo);
      } catch (error) {
        throw fail(error);
      }
    }
    return line.value;
  };

  /** A trace says in its first line what lies beside it, so that nobody can take the checkpoints away unseen. */
  const announced = <E extends TraceEventName>(event: E, data: TraceEvents[E]): unknown =>
    event !== 'run.opened'
      ? data
      : {
          ...data,
          ...(signer && { checkpoints: { key: signer.public.vkey, every } }),
          ...(personal && { personal: PERSONAL_TYPES }),
        };

  const made = (line: NewLine): WrittenLine => {
    try {
      return lineOf(line);
    } catch (error) {
      throw isSystemError(error) ? fail(error) : error;
    }
  };

  return {
    run,
    path,
    get lines() {
      return seq;
    },
    write,
    digestAsWritten: (digest) => personal?.digest(digest) ?? digest,
    onLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      if (ended === 'the file was closed') return;
      ended = 'the file was closed';
      queue.flush();
      try {
        if (!failure) {
          await personal?.sync();
          await blobs.sync();
          await file.datasync();
          await checkpoints?.write(seq);
        }
      } catch (error) {
        fail(error);
      }
      await file.close();
      await checkpoints?.close();
      await personal?.close();
      parts.release();
      if (failure) throw failure;
    },
  };
}

export type OpenFile = Pick<FileHandle, 'fd' | 'datasync' | 'close'>;

function largestOf(line: Uint8Array, contents: ReadonlyMap<string, Uint8Array>): number {
  let largest = line.length;
  for (const content of contents.values()) largest = Math.max(largest, content.length);
  return largest;
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
