import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../ports.js';
import { sha256 } from '../trace/canonical.js';
import { type Journal, journalOn } from '../trace/journal.js';
import { takeLock } from '../trace/lock.js';
import { merkleTree } from '../trace/merkle.js';
import { sideFiles } from '../trace/side-files.js';
import { codeOf, isSystemError } from '../trace/system-error.js';

export type OpenedTrace =
  | { readonly ok: true; readonly journal: Journal }
  | { readonly ok: false; readonly message: string };

/**
 * The trace of a run that can be made again for nothing: everything is simulated and nobody is paid. Its lines are what they are
 * in any trace, and handed to the operating system as they are; they are on disk once it is closed, and not before. After a
 * crash the run counts as not made, so a dozen waits for the disk in each of a thousand runs would be for nothing.
 *
 * @param path a new file
 */
export async function openSimulatedTrace(path: string, run: string, clock: Clock): Promise<OpenedTrace> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, 'ax', 0o600);
    const lock = takeLock(sideFiles(path).lock);
    if (!lock.ok) {
      await handle.close();
      return lock;
    }
    const file = {
      fd: handle.fd,
      datasync: async (): Promise<void> => undefined,
      close: async (): Promise<void> => {
        try {
          await handle.datasync();
        } finally {
          await handle.close();
        }
      },
    };
    const from = { prev: sha256(''), seq: 0, mono: 0, size: 0, checkpointSize: 0 };
    const { release } = lock;
    const none = { checkpoints: undefined, personal: undefined };
    return { ok: true, journal: journalOn({ ...none, file, path, run, clock, release, from, tree: merkleTree() }) };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { ok: false, message: `The trace cannot be written to ${path}: the system said ${codeOf(error)}.` };
  }
}
