import type { TraceLine, Verification } from '../protocol/trace.js';
import { CHAIN_START, type ChainEnd, checkLine } from './check-line.js';
import { byteLines } from './lines.js';
import { newStory } from './story.js';
import { codeOf } from './system-error.js';

export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** What reading a trace line by line came to. */
export interface Scan {
  /** How many lines there are, those after the first bad one included. */
  readonly lines: number;
  readonly firstBad: Verification['firstBad'];
  /** What the line after the last good one would have to continue. */
  readonly end: ChainEnd;
  /** Whether the good lines go to the end of the run. */
  readonly closed: boolean;
}

/**
 * Checks lines one by one, each by itself, against the one before and against the story so far, and holds no more than
 * what arrived together. `onGood` gets every line before the first bad one. Does not reject.
 */
export async function scanTrace(chunks: Chunks, onGood?: (line: TraceLine) => void): Promise<Scan> {
  const story = newStory();
  let end = CHAIN_START;
  let lines = 0;
  let firstBad: Verification['firstBad'] = null;
  try {
    for await (const some of byteLines(chunks)) {
      for (const raw of some) {
        lines += 1;
        if (firstBad) continue;
        const checked = checkLine(raw, end);
        const reason = checked.ok ? story.add(checked.line) : checked.reason;
        if (reason !== undefined) firstBad = { line: lines, reason };
        else if (checked.ok) {
          end = checked.end;
          onGood?.(checked.line);
        }
      }
    }
  } catch (error) {
    firstBad ??= { line: lines + 1, reason: `The trace cannot be read: ${readProblem(error)}.` };
  }
  if (!firstBad && lines === 0) firstBad = { line: 1, reason: 'The trace is empty: there is not even a "run.opened".' };
  return { lines, firstBad, end, closed: story.closed };
}

function readProblem(error: unknown): string {
  const code = codeOf(error);
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
    case 'EPERM':
      return 'no permission';
    default:
      return /^E[A-Z]+$/.test(code) ? code : 'it could not be opened';
  }
}
