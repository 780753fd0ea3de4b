import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { FileHost } from '../language/index.js';
import { checkText, type FoundProblems } from './check-text.js';

/** Files a thread takes at a time: few enough that all end at about the same moment. */
const BATCH = 8;
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

/**
 * Whether other threads are to help, when this one has checked `done` files in `ms` milliseconds and some are left. One has to
 * be started, and to compile and warm up everything again, and two that share a core take each other's time.
 */
export function isHelpWorth(done: number, left: number, ms: number): boolean {
  return ms >= WARM && (left * ms) / done > WORTH_HELP;
}

/** Milliseconds after which the first files tell how long the others will take. */
const WARM = 600;
/** Milliseconds left for this thread alone, at its first pace, from which on help is worth it. It gets twice as fast by itself. */
const WORTH_HELP = 8_000;

/** Threads at the most, this one included. */
export function mostThreads(cores: number = availableParallelism()): number {
  return Math.min(cores, MAX_THREADS);
}

/**
 * Checks files, and gives what it found in their order, however many threads there are. This one begins, and others help
 * where `isWorth` says so. They have hosts of their own, with the day of `host`.
 *
 * @throws whatever a check throws, which is a fault of ours; also that of another thread
 */
export async function checkAll(
  files: readonly string[],
  host: FileHost,
  threads: number = mostThreads(),
  isWorth: typeof isHelpWorth = isHelpWorth,
): Promise<readonly FoundProblems[]> {
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
  const helpers: Promise<void>[] = [];
  let fault: { readonly error: unknown } | undefined;
  const failed = (error: unknown): void => {
    fault ??= { error };
    // The other threads end with what they have.
    next = files.length;
  };
  const started = performance.now();
  try {
    for (let batch = take(); batch; batch = take()) {
      put(
        batch,
        batch.files.map((file) => checkText(file, host)),
      );
      if (threads < 2) continue;
      if (helpers.length === 0 && isWorth(next, files.length - next, performance.now() - started)) {
        for (let helper = 1; helper < threads; helper++)
          helpers.push(inThread({ today: host.today }, take, put).catch(failed));
      }
      // Those who help get their next files only between two batches.
      if (helpers.length > 0) await nextTurn();
    }
  } catch (error) {
    failed(error);
  }
  await Promise.all(helpers);
  if (fault) throw fault.error;
  return found;
}

function nextTurn(): Promise<void> {
  return new Promise((done) => setImmediate(done));
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
