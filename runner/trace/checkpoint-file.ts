import type { FileHandle } from 'node:fs/promises';
import { append } from './append.js';
import { NOTE_SEPARATOR } from './checkpoint.js';

/** The file beside a trace that its checkpoints are appended to. */
export interface CheckpointFile {
  /** Keeps a checkpoint until the lines it covers are on disk. */
  add(size: number, note: string): void;
  /** Appends those kept that cover no more than `size` lines, and resolves when they are on disk. */
  write(size: number): Promise<void>;
  close(): Promise<void>;
}

/** `length`: how many bytes the file has. */
export function checkpointFile(file: Pick<FileHandle, 'fd' | 'datasync' | 'close'>, length: number): CheckpointFile {
  const kept: { readonly size: number; readonly note: string }[] = [];
  let bytes = length;
  return {
    add(size, note) {
      kept.push({ size, note });
    },
    async write(size) {
      const covered = kept.filter((one) => one.size <= size).length;
      if (covered === 0) return;
      const notes = kept.splice(0, covered).map(({ note }) => note);
      const text = Buffer.from(`${bytes === 0 ? '' : NOTE_SEPARATOR}${notes.join(NOTE_SEPARATOR)}`);
      append(file.fd, text, bytes);
      bytes += text.length;
      await file.datasync();
    },
    close: () => file.close(),
  };
}
