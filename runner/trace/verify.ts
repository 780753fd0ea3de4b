import { createReadStream } from 'node:fs';
import type { TraceLine, Verification } from '../protocol/trace.js';
import { type Chunks, scanTrace } from './scan.js';

/**
 * Checks a trace file line by line, holding no more than a line of it. Never rejects: a file that cannot be read is not
 * valid, and `firstBad` says why. `onGood` gets every line before the first bad one.
 */
export async function verifyTrace(path: string, onGood?: (line: TraceLine) => void): Promise<Verification> {
  return verifyBytes(createReadStream(path), onGood);
}

/** As `verifyTrace`, of bytes from anywhere. */
export async function verifyBytes(chunks: Chunks, onGood?: (line: TraceLine) => void): Promise<Verification> {
  const scan = await scanTrace(chunks, onGood);
  const { lines } = scan;
  let { firstBad } = scan;
  if (!firstBad && !scan.closed) {
    firstBad = {
      line: lines + 1,
      reason:
        'The trace is cut off: the run has no "run.closed". It was killed or is still going on, or the newest lines were removed.',
    };
  }
  const good = firstBad ? Math.min(firstBad.line - 1, lines) : lines;
  return {
    version: 1,
    valid: firstBad === null,
    lines,
    firstBad,
    established: establishedBy(good, firstBad === null),
    notEstablished: notEstablishedBy(good, firstBad === null),
  };
}

function establishedBy(good: number, whole: boolean): readonly string[] {
  if (good === 0) return [];
  const which = whole ? 'The whole trace' : good === 1 ? 'Line 1' : `Lines 1 to ${good}`;
  const found = [
    `${which}: no byte was changed and no line removed, added or swapped, unless every later line was rewritten with it.`,
    'Every executed call has an intent recorded before it, and no call was executed twice.',
    'Every consequential call that went ahead has a recorded permit.',
  ];
  return whole ? [...found, 'The trace goes from the opening of the run to its end.'] : found;
}

function notEstablishedBy(good: number, whole: boolean): readonly string[] {
  if (good === 0) return ['Nothing in this file can be relied upon.'];
  return [
    ...(whole ? [] : ['Whether anything from the first bad line on is true, and what the missing lines said.']),
    'Whether somebody who can write the file rewrote it from some line on, hashes and all: a chain by itself cannot show that. Keep the last hash somewhere else to find out.',
    'Whether the people named are who they are said to be, beyond what each line says in "how".',
    'Whether what tools and models answered was true.',
  ];
}
