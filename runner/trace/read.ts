import { stat } from 'node:fs/promises';
import type { TraceReply } from '../protocol/messages.js';
import type { TraceLine } from '../protocol/trace.js';
import { verifyTrace } from './verify.js';

/** More than any run writes; a viewer holds all of it. */
const MAX_TRACE_BYTES = 256 * 1024 * 1024;

/**
 * The lines of a trace and what checking it found. Of a broken trace the lines before the first bad one: what comes after
 * it cannot be relied upon and is not shown.
 */
export async function readTrace(path: string): Promise<TraceReply> {
  try {
    const { size } = await stat(path);
    if (size > MAX_TRACE_BYTES) {
      return {
        ok: false,
        message: `The trace ${path} is too large to show (${Math.round(size / 1e6)} MB). "countersign verify" can still check it.`,
      };
    }
  } catch {
    return {
      ok: false,
      message: `The trace ${path} cannot be read: there is no such file, or no permission to read it.`,
    };
  }
  const lines: TraceLine[] = [];
  const verification = await verifyTrace(path, (line) => lines.push(line));
  return { ok: true, lines, verification };
}
