import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Actor, TraceLine } from '../protocol/trace.js';
import { blobReader } from './blobs.js';
import { plainJson, sha256 } from './canonical.js';
import { type Journal, type JournalOptions, journalOn, type Random } from './journal.js';
import { MAX_LINE_BYTES } from './limits.js';
import { takeLock } from './lock.js';
import { digestsIn, type PersonalEntry } from './personal.js';
import { readPersonal } from './personal-file.js';
import { resumedPersonal } from './personal-writer.js';
import { resumeCheckpoints } from './resume-checkpoints.js';
import { revealLine } from './reveal-line.js';
import { type Scan, scanTrace } from './scan.js';
import { sideFiles, sideName } from './side-files.js';
import { syncFolder } from './sync-folder.js';
import { codeOf, isSystemError } from './system-error.js';

const ENGINE: Actor = { kind: 'engine', id: 'countersign' };

export interface ReopenOptions extends Omit<JournalOptions, 'run' | 'personal' | 'checkpointEvery'> {
  /** For a trace with tokens for personal data, which has more of them with every new spelling of a name. */
  readonly random?: Random | undefined;
}

export type Reopened =
  | {
      readonly ok: true;
      readonly journal: Journal;
      /** Every line the trace had, checked, with the values for its tokens; without what reopening added. */
      readonly lines: readonly TraceLine[];
    }
  | { readonly ok: false; readonly message: string };

/**
 * Goes on with the trace of a run that broke off: checks every line there is, sets a torn last line aside in a file
 * beside the trace and says so with `recovered`, and appends from there. `mono` goes on from the last line's, so the time
 * in between is only in `time`. Nothing is changed when it cannot go on: the run ended, a line is not as it was written or
 * not what a checkpoint says, another process still writes the trace, or the key is not the one that signed so far. The
 * caller writes `resumed`.
 */
export async function reopenJournal(path: string, options: ReopenOptions): Promise<Reopened> {
  const side = sideFiles(path);
  const lock = takeLock(side.lock);
  if (!lock.ok) return lock;
  let file: FileHandle | undefined;
  const refuse = async (why: string): Promise<Reopened> => {
    await file?.close();
    lock.release();
    return { ok: false, message: `The trace ${path} cannot be gone on with: ${why}.` };
  };
  try {
    // Not created when it is missing.
    file = await open(path, 'r+');
    const { size: whole } = await file.stat();
    const size = await endOfLastLine(file, whole);
    if (whole - size > MAX_LINE_BYTES) return await refuse('what stands behind its last line is no torn line');
    const lines: TraceLine[] = [];
    const signed = resumeCheckpoints(await bytesOf(side.checkpoints), options.signer);
    const scan = await scanTrace(size === 0 ? [] : createReadStream(path, { end: size - 1 }), {
      blobs: blobReader(side.blobs),
      onGood(line, bytes) {
        lines.push(line);
        signed.add(line, bytes);
      },
    });
    const { run } = scan.end;
    const kept = personalBeside(side.personal, lines[0], options.random);
    const problem = problemOf(scan) ?? signed.problem() ?? (typeof kept === 'string' ? kept : undefined);
    if (problem !== undefined || run === undefined) return await refuse(problem ?? 'it has no whole line');
    const torn = await setAside(path, file, size, whole, lines);
    await file.close();
    file = await open(path, 'a');
    const { prev, seq, mono } = scan.end;
    const { file: checkpoints, size: checkpointSize } = await signed.reopen(side.checkpoints);
    const personal =
      typeof kept === 'object'
        ? await resumedPersonal(side.personal, { ...kept, run, written: new Set(lines.flatMap(digestsOf)) })
        : undefined;
    const journal = journalOn({
      ...options,
      run,
      file,
      path,
      checkpoints,
      personal,
      release: lock.release,
      from: { prev, seq, mono, size, checkpointSize },
      tree: signed.tree,
      checkpointEvery: signed.every,
    });
    for (const one of torn) await journal.write('recovered', null, ENGINE, one);
    const values = new Map(typeof kept === 'object' ? kept.entries.map(({ token, value }) => [token, value]) : []);
    return { ok: true, journal, lines: lines.map((line) => revealLine(line, values)) };
  } catch (error) {
    const refused = await refuse(openProblem(codeOf(error)));
    if (!isSystemError(error)) throw error;
    return refused;
  }
}

/** What the tokens of the trace stand for; why nobody can go on without that, to follow a colon. */
function personalBeside(
  path: string,
  opened: TraceLine | undefined,
  random: Random | undefined,
):
  | { readonly entries: readonly PersonalEntry[]; readonly digests: string; readonly random: Random }
  | string
  | undefined {
  if (opened?.event !== 'run.opened' || !opened.data.personal) return undefined;
  const read = readPersonal(path);
  if (!read.ok) return read.message.replace(/\.$/, '');
  const { digests, entries } = read.data;
  if (digests === null)
    return 'some of its personal data was erased, so what was decided about cannot be told any more';
  if (!random) throw new TypeError('a trace with tokens for personal data needs randomness to go on');
  return { entries, digests, random };
}

function digestsOf({ event, data }: TraceLine): readonly string[] {
  return digestsIn(event, plainJson(data));
}

function problemOf({ firstBad, closed, lines }: Scan): string | undefined {
  if (firstBad && lines === 0) return 'it has no whole line, so the run had not begun';
  if (firstBad) return `line ${firstBad.line} is not as it was written. ${firstBad.reason.replace(/\.$/, '')}`;
  if (closed) return 'its run came to its end';
  return undefined;
}

/** The offset behind the last newline, looked for from the end. */
async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  const piece = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - piece.length);
    const { bytesRead } = await file.read(piece, 0, end - start, start);
    const at = piece.subarray(0, bytesRead).lastIndexOf(10);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

interface Torn {
  readonly file: string;
  readonly bytes: number;
  readonly digest: string;
}

/**
 * Moves what stands behind the last whole line into a file of its own, and gives what the trace must still say of that.
 * It may break off anywhere and be done again: the bytes are on disk in their own file before they leave the trace, and a
 * file that no `recovered` names was made by a recovery that broke off before its line.
 */
async function setAside(
  path: string,
  file: FileHandle,
  size: number,
  whole: number,
  lines: readonly TraceLine[],
): Promise<readonly Torn[]> {
  const named = lines.filter((line) => line.event === 'recovered').length;
  const unnamed: Torn[] = [];
  let n = named + 1;
  let left = await bytesOf(sideFiles(path).torn(n));
  const tail = Buffer.alloc(whole - size);
  if (tail.length > 0) await file.read(tail, 0, tail.length, size);
  while (left !== undefined && !(tail.length > 0 && isStart(left, tail))) {
    unnamed.push(tornFile(path, n, left));
    n += 1;
    left = await bytesOf(sideFiles(path).torn(n));
  }
  if (tail.length === 0) return unnamed;
  const target = await open(sideFiles(path).torn(n), 'w', 0o600);
  try {
    await target.writeFile(tail);
    await target.sync();
  } finally {
    await target.close();
  }
  await syncFolder(dirname(path));
  await file.truncate(size);
  await file.datasync();
  return [...unnamed, tornFile(path, n, tail)];
}

function tornFile(path: string, n: number, bytes: Buffer): Torn {
  return { file: sideName(sideFiles(path).torn(n)), bytes: bytes.length, digest: sha256(bytes) };
}

function isStart(part: Buffer, whole: Buffer): boolean {
  return part.length <= whole.length && whole.subarray(0, part.length).equals(part);
}

async function bytesOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function openProblem(code: string): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'there is no permission to write it';
    default:
      return `the system said ${code}`;
  }
}
