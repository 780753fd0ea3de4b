import { closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sha256 } from './canonical.js';
import { MAX_LINE_BYTES } from './limits.js';
import { syncFolder } from './sync-folder.js';
import { codeOf } from './system-error.js';

/**
 * Large values of a trace, each in a file of its own beside it that is named by the SHA-256 of its bytes. So a line that
 * names the digest binds the value as if it stood there.
 */
export interface BlobWriter {
  /** Puts bytes into the store unless they are there. Throws what the system says. */
  put(digest: string, bytes: Uint8Array): void;
  /** Has everything on disk that was put. */
  sync(): Promise<void>;
}

/** Gives the bytes with a digest, or why they cannot be had, to follow "which". */
export type BlobReader = (
  digest: string,
  bytes: number,
) => { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly reason: string };

export function blobWriter(folder: string): BlobWriter {
  const known = new Set<string>();
  let unsynced: string[] = [];
  /** Of which files are synced. One after the other: who waits for the second has waited for the first. */
  let syncing = Promise.resolve();
  const syncAll = async (files: readonly string[]): Promise<void> => {
    for (const file of files) {
      const handle = await open(file, 'r+');
      try {
        await handle.datasync();
      } finally {
        await handle.close();
      }
    }
    await syncFolder(folder);
    await syncFolder(dirname(folder));
  };
  return {
    put(digest, bytes) {
      if (known.has(digest)) return;
      const file = blobFile(folder, digest);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      try {
        writeFileSync(file, bytes, { flag: 'wx', mode: 0o600 });
      } catch (error) {
        // Left by a process that crashed: whole, or not. A file that is written anew is the same or was not.
        if (codeOf(error) !== 'EEXIST') throw error;
        if (sha256(readFileSync(file)) !== digest) writeFileSync(file, bytes, { mode: 0o600 });
      }
      known.add(digest);
      unsynced.push(file);
    },
    sync() {
      if (unsynced.length > 0) {
        const files = unsynced;
        unsynced = [];
        syncing = syncing.then(() => syncAll(files));
      }
      return syncing;
    },
  };
}

/** Reads from a folder. Never follows what is no plain file: the folder may come from anywhere. */
export function blobReader(folder: string): BlobReader {
  return (digest, size) => {
    let file: number;
    try {
      file = openSync(blobFile(folder, digest), constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      const code = codeOf(error);
      return { ok: false, reason: code === 'ENOENT' ? 'is missing' : `cannot be read (${code})` };
    }
    try {
      const stat = fstatSync(file);
      if (!stat.isFile() || stat.size > MAX_LINE_BYTES) return { ok: false, reason: 'is no file of a trace' };
      const bytes = readFileSync(file);
      if (bytes.length !== size || sha256(bytes) !== digest) {
        return { ok: false, reason: 'was changed after it was written' };
      }
      return { ok: true, bytes };
    } catch (error) {
      return { ok: false, reason: `cannot be read (${codeOf(error)})` };
    } finally {
      closeSync(file);
    }
  };
}

/** Where there is no folder: bytes that came without their surroundings. */
export const noBlobs: BlobReader = () => ({ ok: false, reason: 'is not at hand' });

function blobFile(folder: string, digest: string): string {
  return join(folder, digest.replace(/^sha256:/, ''));
}
