import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { FileHost } from '../language/index.js';
import { checkText, type FoundProblems } from './check-text.js';

/** Files a thread takes at a time: few enough that all end at about the same moment. */
const BATCH = 8;
/** Threads take as long to start as checking about this many files does. */
const WORTH_THREADS = 60;
/** Each takes memory, and reads the same catalogs and policies again. */
const MAX_THREADS = 4;
/**
 * In megabytes. A check keeps little of what it allocates: with the much higher limits that Node sets by itself, garbage of
 * four times what is in use would pile up in each thread.
 */
const LIMITS: ResourceLimits = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 900 };

/** Files for a thread to check, and where their results go. */
interface Batch {
  readonly from: number;
  readonly files: readonly string[];
}

/** What a thread is started with. */
export interface ThreadData {
  readonly today: string | undefined;
}

/** How many threads check so many files: where it is one, that is this one. */
export function threadsFor(files: number, cores: number = availableParallelism()): number {
  return files < WORTH_THREADS ? 1 : Math.min(cores, MAX_THREADS);
}

/**
 * Checks files, and gives what it found in their order, however many threads there are. Threads have hosts of their own,
 * with the day of `host`.
 *
 * @throws whatever a check throws, which is a fault of ours; also that of another thread
 */
export async function checkAll(
  files: readonly string[],
  host: FileHost,
  threads: number = threadsFor(files.length),
): Promise<readonly FoundProblems[]> {
  if (threads < 2) return files.map((file) => checkText(file, host));
  const found: FoundProblems[] = [];
  let next = 0;
  const take = (): Batch | undefined => {
    const from = next;
    next = Math.min(from + BATCH, files.length);
    return from < next ? { from, files: files.slice(from, next) } : undefined;
  };
  const put = ({ from }: Batch, results: readonly FoundProblems[]): void => {
    for (const [index, result] of results.entries()) found[from + index] = result;
  };
  try {
    await Promise.all(Array.from({ length: threads }, () => inThread({ today: host.today }, take, put)));
  } catch (error) {
    // The other threads end with what they have.
    next = files.length;
    throw error;
  }
  return found;
}

/** Has a thread work through batches, until there are no more. */
function inThread(
  workerData: ThreadData,
  take: () => Batch | undefined,
  put: (batch: Batch, results: readonly FoundProblems[]) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const first = take();
    if (!first) return resolve();
    let batch = first;
    const worker = new Worker(threadFile(), { workerData, resourceLimits: LIMITS });
    worker.postMessage(batch.files);
    worker.on('message', (results: readonly FoundProblems[]) => {
      put(batch, results);
      const more = take();
      if (more) {
        batch = more;
        worker.postMessage(batch.files);
        return;
      }
      resolve();
      void worker.terminate();
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a thread ended with ${code}`)));
  });
}

/** The program of a thread lies beside this one: bundled, or as the compiler leaves it. */
function threadFile(): string {
  const name = import.meta.url.endsWith('.cjs') ? './check-thread.cjs' : './check-thread.js';
  return fileURLToPath(new URL(name, import.meta.url));
}
