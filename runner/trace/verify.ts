import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { CheckpointsFound, TraceLine, Verification } from '../protocol/trace.js';
import { type BlobReader, blobReader } from './blobs.js';
import { type BadLine, type CheckpointInputs, watchCheckpoints } from './checkpoint-watch.js';
import { type PublicKey, shownKey } from './note.js';
import { type Chunks, scanTrace } from './scan.js';
import { sideFiles } from './side-files.js';
import { codeOf } from './system-error.js';

export interface VerifyOptions {
  /** Text of checkpoints that were kept elsewhere. */
  readonly checkpoints?: string | undefined;
  /** The key that whoever checks knows to be right. */
  readonly key?: PublicKey | undefined;
  /** Gets every line before the first bad one. */
  readonly onGood?: ((line: TraceLine) => void) | undefined;
  /** Instead of the folder beside the trace. */
  readonly blobs?: BlobReader | undefined;
}

/** Larger than the checkpoints of any trace that is read. */
const MAX_CHECKPOINTS_BYTES = 64 * 1024 * 1024;

/** Read in pieces of this many bytes. */
const PIECE = 1024 * 1024;

/**
 * Checks a trace file line by line, with what lies beside it, holding no more than a piece of it. Never rejects: a file
 * that cannot be read is not valid, and `firstBad` says why.
 */
export async function verifyTrace(path: string, options: VerifyOptions = {}): Promise<Verification> {
  const side = sideFiles(path);
  // Before the stream is made, which may fail where nobody listens yet.
  const beside = await checkpointText(side.checkpoints);
  return verifyBytes(createReadStream(path, { highWaterMark: PIECE }), {
    blobs: blobReader(side.blobs),
    ...options,
    beside,
  });
}

/** As `verifyTrace`, of bytes from anywhere. */
export async function verifyBytes(
  chunks: Chunks,
  options: VerifyOptions & Partial<Pick<CheckpointInputs, 'beside'>> = {},
): Promise<Verification> {
  const { beside, checkpoints: outside, key, blobs, onGood } = options;
  const watch = watchCheckpoints({ beside, outside, key });
  const scan = await scanTrace(chunks, { blobs, onGood, watch });
  const { lines } = scan;
  const { found, bad } = watch.end(scan.closed, scan.firstBad !== null);
  const firstBad = scan.firstBad ?? bad ?? (scan.closed ? null : cutOff(lines));
  const good = firstBad ? Math.min(firstBad.line - 1, lines) : lines;
  return {
    version: 1,
    valid: firstBad === null && found.problems.length === 0,
    lines,
    firstBad,
    checkpoints: found,
    established: establishedBy(good, firstBad === null, found),
    notEstablished: notEstablishedBy(good, firstBad === null, found),
  };
}

/** Why a trace whose every line holds is not whole. */
export const NOT_CLOSED =
  'The trace is cut off: the run has no "run.closed". It was killed or is still going on, or the newest lines were removed.';

function cutOff(lines: number): BadLine {
  return {
    line: lines + 1,
    reason: NOT_CLOSED,
  };
}

/** `undefined` when there is no such file; a text that says nothing when it cannot be used, which counts as a fault. */
async function checkpointText(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const stat = await file.stat();
      return stat.isFile() && stat.size <= MAX_CHECKPOINTS_BYTES ? await file.readFile('utf8') : '?';
    } finally {
      await file.close();
    }
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? undefined : '?';
  }
}

function establishedBy(good: number, whole: boolean, checkpoints: CheckpointsFound): readonly string[] {
  if (good === 0) return [];
  const which = whole ? 'The whole trace' : good === 1 ? 'Line 1' : `Lines 1 to ${good}`;
  return [
    `${which}: no byte was changed and no line removed, added or swapped, unless every later line was rewritten with it.`,
    'Every executed call has an intent recorded before it, and no call was executed twice.',
    'Every consequential call that went ahead has a recorded permit.',
    ...(whole ? ['The trace goes from the opening of the run to its end.'] : []),
    ...signedBy(checkpoints),
  ];
}

function signedBy({ key, keyGiven, upTo, outside }: CheckpointsFound): readonly string[] {
  if (key === null) return [];
  const who = keyGiven
    ? `the key that was given, ${shownKey(key)}`
    : `the key that the trace itself names, ${shownKey(key)}`;
  return [
    ...(upTo === 0 ? [] : [`${linesTo(upTo)} are those that were signed while the run went on, by ${who}.`]),
    ...(!outside || outside.upTo === 0
      ? []
      : [`${linesTo(outside.upTo)} are those of the checkpoints that were kept elsewhere and given.`]),
  ];
}

function notEstablishedBy(good: number, whole: boolean, checkpoints: CheckpointsFound): readonly string[] {
  if (good === 0) return ['Nothing in this file can be relied upon.'];
  return [
    ...(whole ? [] : ['Whether anything from the first bad line on is true, and what the missing lines said.']),
    ...checkpoints.problems,
    ...rewriting(good, checkpoints),
    'Whether the people named are who they are said to be, beyond what each line says in "how".',
    'Whether what tools and models answered was true.',
  ];
}

/** What a chain cannot show by itself, and how far the checkpoints do. */
function rewriting(good: number, { key, keyGiven, upTo, outside }: CheckpointsFound): readonly string[] {
  const kept = outside?.upTo ?? 0;
  if (kept >= good) return [];
  const from = kept === 0 ? 'the trace' : `the trace after line ${kept}`;
  if (key === null || upTo === 0) {
    return [
      `Whether somebody who can write the file rewrote ${from}, hashes and all: a chain by itself cannot show that. Keep the last hash, or a checkpoint, somewhere else to find out.`,
    ];
  }
  if (!keyGiven) {
    return [
      `Whether somebody rewrote ${from} and named a key of their own: it is signed by a key that only the trace names. Give the key you know with --key.`,
    ];
  }
  return [
    `Whether whoever has the key rewrote ${from} and signed it anew. Keep a checkpoint somewhere else and give it with --checkpoint to find out.`,
  ];
}

function linesTo(line: number): string {
  return line === 1 ? 'Line 1' : `Lines 1 to ${line}`;
}
