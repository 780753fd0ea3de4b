import { stat } from 'node:fs/promises';
import type { TraceReply } from '../protocol/messages.js';
import type { TraceLine } from '../protocol/trace.js';
import { blobReader } from './blobs.js';
import { knownValues, revealLine } from './reveal-line.js';
import { sideFiles } from './side-files.js';
import { verifyTrace } from './verify.js';

/** Some two million events, more than any run writes. A viewer holds all of it, packed. */
const MAX_TRACE_BYTES = 2 * 1024 * 1024 * 1024;

/** Lines in the first part, so that something is on screen at once, and in each later one. */
const FIRST_PART = 500;
const PART = 5000;

/**
 * The lines of a trace, with the values for its tokens where they are known, and what checking it found. Of a broken trace the lines before the first bad one: what comes after
 * it cannot be relied upon and is not shown.
 * With `onPart` they are handed over in parts as they are checked, and the reply has none.
 */
export async function readTrace(path: string, onPart?: (lines: readonly TraceLine[]) => void): Promise<TraceReply> {
  try {
    const { size } = await stat(path);
    if (size > MAX_TRACE_BYTES) return tooLarge(path, size);
  } catch {
    return {
      ok: false,
      message: `The trace ${path} cannot be read: there is no such file, or no permission to read it.`,
    };
  }
  let lines: TraceLine[] = [];
  let size = FIRST_PART;
  let held = 0;
  const values = knownValues(path);
  const read = blobReader(sideFiles(path).blobs);
  const verification = await verifyTrace(path, {
    blobs(digest, bytes) {
      held += bytes;
      return held > MAX_TRACE_BYTES ? { ok: false, reason: 'is one too many to be shown' } : read(digest, bytes);
    },
    onGood(line) {
      lines.push(revealLine(line, values));
      if (!onPart || lines.length < size) return;
      onPart(lines);
      lines = [];
      size = PART;
    },
  });
  if (held > MAX_TRACE_BYTES) return tooLarge(path, held);
  if (!onPart) return { ok: true, lines, verification };
  if (lines.length > 0) onPart(lines);
  return { ok: true, lines: [], verification };
}

function tooLarge(path: string, bytes: number): TraceReply {
  return {
    ok: false,
    message: `The trace ${path} is too large to show (${Math.round(bytes / 1e6)} MB). "countersign verify" can still check it.`,
  };
}
