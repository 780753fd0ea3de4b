import { addRealFigures, noRealFigures, type RealFigures } from './real.js';
import type { RealData } from './real-worker.js';
import { share } from './threads.js';

export interface RealJob extends RealData {
  readonly from: number;
  readonly to: number;
  readonly jobs: number;
  readonly progress?: (figures: RealFigures) => void;
}

const STRETCH = 100;
const MOST_BROKEN = 20;

/** Runs many playbooks on the real runner, on several threads; leaves off when much is broken. */
export async function spreadReal({ seed, runs, from, to, jobs, progress }: RealJob): Promise<RealFigures> {
  const all = noRealFigures();
  const workerData: RealData = { seed, runs };
  await share<RealFigures>({
    worker: new URL('./real-worker.js', import.meta.url),
    workerData,
    from,
    to,
    stretch: STRETCH,
    jobs,
    take(figures) {
      addRealFigures(all, figures);
      progress?.(all);
    },
    isEnough: () => all.broken.length >= MOST_BROKEN,
  });
  all.broken.sort((a, b) => a.index - b.index || a.run - b.run);
  return all;
}
