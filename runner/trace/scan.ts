import type { TraceLine } from '../protocol/trace.js';
import { type BlobReader, noBlobs } from './blobs.js';
import { CHAIN_START, type ChainEnd, checkLine } from './check-line.js';
import type { BadLine, CheckpointWatch } from './checkpoint-watch.js';
import { byteLines } from './lines.js';
import { newStory } from './story.js';
import { codeOf } from './system-error.js';

export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface ScanParts {
  /** Where values are that are too large for a line. */
  readonly blobs?: BlobReader | undefined;
  readonly watch?: CheckpointWatch | undefined;
  /** Gets every line before the first bad one. */
  readonly onGood?: ((line: TraceLine, bytes: Uint8Array) => void) | undefined;
}

/** What reading a trace line by line came to. */
export interface Scan {
  /** How many lines there are, those after the first bad one included. */
  readonly lines: number;
  readonly firstBad: BadLine | null;
  /** What the line after the last good one would have to continue. */
  readonly end: ChainEnd;
  /** Whether the good lines go to the end of the run. */
  readonly closed: boolean;
}

/**
 * Checks lines one by one, each by itself, against the one before, the story so far and the checkpoints, and holds no more
 * than what arrived together, or waits for a checkpoint before it is passed on. Does not reject.
 */
export async function scanTrace(chunks: Chunks, { blobs = noBlobs, watch, onGood }: ScanParts): Promise<Scan> {
  const story = newStory();
  let end = CHAIN_START;
  let lines = 0;
  let firstBad: BadLine | undefined;
  let held: [TraceLine, Uint8Array][] = [];
  const passOn = (): void => {
    for (const [line, bytes] of held) onGood?.(line, bytes);
    held = [];
  };
  try {
    for await (const some of byteLines(chunks)) {
      for (const raw of some) {
        lines += 1;
        if (firstBad) continue;
        const checked = checkLine(raw, end, blobs);
        const reason = checked.ok ? story.add(checked.line) : checked.reason;
        if (reason !== undefined) firstBad = { line: lines, reason };
        else if (checked.ok) {
          firstBad = watch?.add(checked.line, checked.bytes);
          if (firstBad) held = held.slice(0, Math.max(0, held.length - (lines - firstBad.line)));
          else {
            end = checked.end;
            if (onGood) held.push([checked.line, checked.bytes]);
          }
        }
        if (firstBad || !watch?.waiting) passOn();
      }
    }
  } catch (error) {
    firstBad ??= { line: lines + 1, reason: `The trace cannot be read: ${readProblem(error)}.` };
  }
  passOn();
  if (!firstBad && lines === 0) firstBad = { line: 1, reason: 'The trace is empty: there is not even a "run.opened".' };
  return { lines, firstBad: firstBad ?? null, end, closed: story.closed };
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
