import { ftruncateSync, writeSync } from 'node:fs';

/**
 * Appends all of some bytes to a file of `size` bytes or, where that fails, none. Synchronous: an append to the page cache
 * takes microseconds, less than the way to a thread and back, and it keeps the lines in the order of the calls.
 */
export function append(fd: number, bytes: Buffer, size: number): void {
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
  } catch (error) {
    try {
      ftruncateSync(fd, size);
    } catch {
      // What is torn stays; a reader finds it.
    }
    throw error;
  }
}
