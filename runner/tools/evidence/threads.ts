import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Question, ThreadData } from './questions.js';
import type { EventTable } from './table.js';

/** Starts the threads that answer about event data, and keeps those that are done for whoever comes next. */
export interface EvidenceThreads {
  /** A thread with this data, and nothing left of what it had before. */
  start(data: ThreadData): Worker;
  /** Takes a thread back that has answered everything it was asked. */
  giveBack(thread: Worker): void;
  close(): Promise<void>;
}

/** Each has its own memory, and no more are kept than run at a time. */
const MOST_KEPT = 4;

/** For many runs one after the other: to start a thread takes longer than most of what it is asked. */
export function evidenceThreads(): EvidenceThreads {
  const idle = new Set<Worker>();
  const has = new WeakMap<Worker, readonly EventTable[]>();
  let closed = false;
  return {
    start(data) {
      const { tables, now } = data;
      const [any] = idle;
      const same = [...idle].find((one) => isSame(has.get(one), tables));
      const thread = same ?? any;
      if (!thread) {
        const fresh = startThread(data);
        fresh.on('exit', () => idle.delete(fresh));
        has.set(fresh, tables);
        return fresh;
      }
      idle.delete(thread);
      has.set(thread, tables);
      // To hand tables over copies them.
      thread.postMessage({ id: 0, kind: 'take', now, ...(same ? {} : { tables }) } satisfies Question);
      return thread;
    },
    giveBack(thread) {
      if (closed || idle.size >= MOST_KEPT) void thread.terminate();
      else idle.add(thread);
    },
    async close() {
      closed = true;
      await Promise.all([...idle].map((thread) => thread.terminate()));
    },
  };
}

/** Whether they are the very same, which nobody changes. */
function isSame(known: readonly EventTable[] | undefined, tables: readonly EventTable[]): boolean {
  return known?.length === tables.length && tables.every((table, at) => table === known[at]);
}

/** A thread that is ended by whoever started it. */
export function startThread(workerData: ThreadData): Worker {
  const thread = new Worker(threadFile(), { workerData, env: {}, stdin: false, stdout: false, stderr: false });
  // An error of a thread nobody listens to would end the process.
  thread.on('error', () => undefined);
  return thread;
}

/** The program of the thread lies beside this one: bundled, or as the compiler leaves it. */
function threadFile(): string {
  const name = import.meta.url.endsWith('.cjs') ? './evidence-thread.cjs' : './thread.js';
  return fileURLToPath(new URL(name, import.meta.url));
}
