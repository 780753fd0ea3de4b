import { Worker } from 'node:worker_threads';
import { addFigures, type Figures, noFigures } from './compare.js';
import type { Stretch, WorkerData } from './worker.js';

const STRETCH = 250;

/** What is asked for: playbooks `0` to `playbooks - 1` of a seed. */
export interface Job extends WorkerData {
  readonly playbooks: number;
  readonly jobs: number;
  /** Whether to leave off at the first broken cell. */
  readonly untilBroken: boolean;
  readonly progress?: (figures: Figures) => void;
}

/** Compares many playbooks on several threads, stretch after stretch; a worker's error is the caller's. */
export async function spread(job: Job): Promise<Figures> {
  const all = noFigures();
  let next = 0;
  const { seed, runs, faults } = job;
  const stretch = job.untilBroken ? STRETCH / 5 : STRETCH;
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const workerData: WorkerData = { seed, runs, faults };
      const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
      const go = (): void => {
        if (next >= job.playbooks || (job.untilBroken && all.broken.length > 0)) {
          void worker.terminate().then(() => resolve());
          return;
        }
        const message: Stretch = { from: next, to: Math.min(next + stretch, job.playbooks) };
        next = message.to;
        worker.postMessage(message);
      };
      worker.on('message', (figures: Figures) => {
        addFigures(all, figures);
        job.progress?.(all);
        go();
      });
      worker.on('error', reject);
      go();
    });
  await Promise.all(Array.from({ length: job.jobs }, work));
  all.broken.sort((a, b) => a.index - b.index);
  return all;
}
