import { readFile } from 'node:fs/promises';

/** Beside the trace of a run that goes on lies a file that names its process (docs/security.md). */
export const CONTROL = '.control';

/**
 * Whether a process still writes this trace. One that died left its file behind.
 * @param alive whether there is a process of this number
 */
export async function isWritten(trace: string, alive: (pid: number) => boolean = isAlive): Promise<boolean> {
  try {
    const [line = ''] = (await readFile(`${trace}${CONTROL}`, 'utf8')).split('\n');
    const live: unknown = JSON.parse(line);
    return (
      typeof live === 'object' && live !== null && 'pid' in live && typeof live.pid === 'number' && alive(live.pid)
    );
  } catch {
    // No such file, or none that a run made: nobody says that it goes on.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be asked, and is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
