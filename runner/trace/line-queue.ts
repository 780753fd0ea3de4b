import type { TraceLine } from '../protocol/trace.js';
import { append } from './append.js';

/** Lines that wait together take at most so many bytes; a longer one goes by itself. */
const QUEUE_BYTES = 64 * 1024;

/** Lines on their way to a file that only grows. One write for many of them costs little more than one for each. */
export interface LineQueue {
  /** The bytes of a text, to be added or forgotten. They are good until those of the next are placed. */
  place(text: string): Buffer;
  /** Adds what was placed last. It is written with the next flush, and at the end of this turn of the event loop at the latest. */
  add(bytes: Buffer, line: TraceLine): void;
  /** Hands all that waits to the operating system, in order. Nothing of it is in the file when that fails. */
  flush(): void;
}

export interface LineQueueEvents {
  /** Gets each line, in order, once the operating system has it. */
  readonly written: (line: TraceLine) => void;
  /** Gets why so many lines could not be written. They are lost, and so is what comes after them. */
  readonly failed: (error: unknown, lost: number) => void;
}

/** The queue of an open file that has `size` bytes so far. */
export function lineQueue(fd: number, size: number, { written, failed }: LineQueueEvents): LineQueue {
  const room = Buffer.allocUnsafe(QUEUE_BYTES);
  let used = 0;
  let lines: TraceLine[] = [];
  let timer: NodeJS.Immediate | undefined;

  const hand = (bytes: Buffer): void => {
    const told = lines;
    lines = [];
    used = 0;
    try {
      append(fd, bytes, size);
    } catch (error) {
      failed(error, told.length);
      return;
    }
    size += bytes.length;
    for (const line of told) written(line);
  };

  const flush = (): void => {
    clearImmediate(timer);
    timer = undefined;
    if (lines.length > 0) hand(room.subarray(0, used));
  };

  return {
    place(text) {
      // A character of UTF-16 takes at most three bytes.
      const most = text.length * 3;
      if (most > QUEUE_BYTES - used) flush();
      return most > QUEUE_BYTES ? Buffer.from(text) : room.subarray(used, used + room.write(text, used));
    },
    add(bytes, line) {
      lines.push(line);
      if (bytes.buffer !== room.buffer) hand(bytes);
      else {
        used += bytes.length;
        timer ??= setImmediate(flush);
      }
    },
    flush,
  };
}
