import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { append } from '../trace/append.js';
import { takeLock } from '../trace/lock.js';
import { sideFiles } from '../trace/side-files.js';
import { syncFolder } from '../trace/sync-folder.js';
import { isSystemError } from '../trace/system-error.js';
import type { EvaluatedRun } from './evaluated-run.js';
import type { EvaluationPlan } from './evaluation.js';
import { isEvaluatedRun, isObject } from './shape.js';

/** Where an evaluation is kept while it is made: a line a run, and its trace. */
export interface EvaluationFolder {
  /** When the evaluation was begun, RFC 3339. */
  readonly at: string;
  /** Runs that were made before, when it was interrupted. */
  readonly made: readonly EvaluatedRun[];
  /** Adds a run, whose trace is closed. Both are on disk when it resolves. Rejects when it cannot be written. */
  add(run: EvaluatedRun): Promise<void>;
  /** The whole path of a file a run is to make, a trace or a recording. It is free: what an interrupted run left is removed. */
  freshFile(name: string): string;
  /** To be called once everything that was added is there. */
  close(): void;
}

export type OpenedFolder =
  | { readonly ok: true; readonly folder: EvaluationFolder }
  | { readonly ok: false; readonly message: string };

const FILE = 'runs.jsonl';

/**
 * Opens the folder of an evaluation, new or interrupted. A last line that was torn is cut off, and its run made again. One
 * that was made of other files, or another way, is refused.
 *
 * @param now RFC 3339: when it is begun, if it is new
 * @param shard which part of the whole it is for
 */
export function openFolder(path: string, plan: EvaluationPlan, shard: string, now: string): OpenedFolder {
  const file = join(path, FILE);
  let release: (() => void) | undefined;
  try {
    mkdirSync(path, { recursive: true });
    const lock = takeLock(join(path, 'evaluation.lock'));
    if (!lock.ok) return lock;
    ({ release } = lock);
    const fd = openSync(file, 'a+', 0o600);
    const opened = readLines(readFileSync(file), { plan: plan.digest, shard });
    if (!opened.ok) {
      closeSync(fd);
      lock.release();
      return { ok: false, message: `${file} cannot be gone on with: ${opened.message}` };
    }
    ftruncateSync(fd, opened.bytes);
    const write = (values: readonly object[]): void =>
      append(fd, Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join('')), fstatSync(fd).size);
    if (opened.at === undefined) {
      write([{ v: 1, at: now, plan: plan.digest, shard }]);
      fdatasyncSync(fd);
    }
    const add = together<EvaluatedRun>(async (runs) => {
      // A line says that there is a trace, so the name of that is on disk before.
      await Promise.all(foldersOf(path, runs).map(syncFolder));
      write(runs);
      await datasync(fd);
    });
    return {
      ok: true,
      folder: {
        at: opened.at ?? now,
        made: opened.runs,
        add,
        freshFile(name) {
          const trace = join(path, name);
          const side = sideFiles(trace);
          mkdirSync(dirname(trace), { recursive: true });
          for (const left of [trace, side.control, side.lock, side.checkpoints, side.blobs, side.personal])
            if (existsSync(left)) rmSync(left, { recursive: true });
          return trace;
        },
        close() {
          closeSync(fd);
          lock.release();
        },
      },
    };
  } catch (error) {
    release?.();
    if (!(error instanceof Error) || !isSystemError(error)) throw error;
    return { ok: false, message: `The folder ${path} cannot be used: ${error.message}.` };
  }
}

const datasync = promisify(fdatasync);

function foldersOf(path: string, runs: readonly EvaluatedRun[]): readonly string[] {
  return [...new Set(runs.flatMap(({ trace }) => (trace === null ? [] : [dirname(join(path, trace))])))];
}

/**
 * Has values written several at a time: those that come while others are on their way go together, next. One wait for the disk is
 * then for all of them.
 */
function together<T>(write: (values: readonly T[]) => Promise<void>): (value: T) => Promise<void> {
  let waiting: T[] = [];
  let next: Promise<void> | undefined;
  let last = Promise.resolve();
  return (value) => {
    waiting.push(value);
    next ??= last.then(() => {
      const values = waiting;
      waiting = [];
      next = undefined;
      last = write(values);
      return last;
    });
    return next;
  };
}

type Lines =
  | {
      readonly ok: true;
      /** `undefined`: nothing is there yet. */
      readonly at: string | undefined;
      readonly runs: readonly EvaluatedRun[];
      /** How many bytes are whole lines. */
      readonly bytes: number;
    }
  | { readonly ok: false; readonly message: string };

function readLines(bytes: Buffer, wanted: { readonly plan: string; readonly shard: string }): Lines {
  const whole = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, whole).toString('utf8').split('\n').slice(0, -1).map(parsed);
  const [head, ...rest] = lines;
  if (head === undefined) return { ok: true, at: undefined, runs: [], bytes: 0 };
  if (!isObject(head) || head.v !== 1 || typeof head.at !== 'string')
    return { ok: false, message: 'its first line is not that of an evaluation. Name a new folder.' };
  if (head.plan !== wanted.plan) {
    const message = 'it was made of other playbooks, cases or files they use, or in another way. Name a new folder.';
    return { ok: false, message };
  }
  if (head.shard !== wanted.shard)
    return { ok: false, message: `it is shard ${String(head.shard)}, not ${wanted.shard}. Name a new folder.` };
  const bad = rest.findIndex((line) => !isEvaluatedRun(line));
  if (bad >= 0) return { ok: false, message: `its line ${bad + 2} is no run. Name a new folder.` };
  return { ok: true, at: head.at, runs: rest.filter(isEvaluatedRun), bytes: whole };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
