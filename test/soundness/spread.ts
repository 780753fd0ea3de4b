import { addFigures, type Figures, noFigures } from './compare.js';
import { share } from './threads.js';
import type { WorkerData } from './worker.js';

const STRETCH = 250;

/** What is asked for: playbooks `0` to `playbooks - 1` of a seed. */
export interface Job extends WorkerData {
  readonly playbooks: number;
  readonly jobs: number;
  /** Whether to leave off at the first broken cell. */
  readonly untilBroken: boolean;
  readonly progress?: (figures: Figures) => void;
}

/** Compares many playbooks on several threads. */
export async function spread(job: Job): Promise<Figures> {
  const all = noFigures();
  const { seed, runs, faults } = job;
  const workerData: WorkerData = { seed, runs, faults };
  await share<Figures>({
    worker: new URL('./worker.js', import.meta.url),
    workerData,
    from: 0,
    to: job.playbooks,
    stretch: job.untilBroken ? STRETCH / 5 : STRETCH,
    jobs: job.jobs,
    take(figures) {
      addFigures(all, figures);
      job.progress?.(all);
    },
    isEnough: () => job.untilBroken && all.broken.length > 0,
  });
  all.broken.sort((a, b) => a.index - b.index);
  return all;
}
