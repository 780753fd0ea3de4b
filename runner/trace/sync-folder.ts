import { open } from 'node:fs/promises';

/** Makes the names of new files durable too. Not every file system can; their content is synced either way. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    return;
  }
}
