import { share } from '../soundness/threads.js';
import type { Unit, UnitFigures } from './units.js';

/** Runs units on several threads, one after the other on each. */
export async function runUnits(
  units: readonly Unit[],
  jobs: number,
  progress?: (figures: UnitFigures) => void,
): Promise<readonly UnitFigures[]> {
  const all: UnitFigures[] = [];
  await share<readonly UnitFigures[]>({
    worker: new URL('./worker.js', import.meta.url),
    workerData: units,
    from: 0,
    to: units.length,
    stretch: 1,
    jobs,
    take(figures) {
      all.push(...figures);
      for (const one of figures) progress?.(one);
    },
    isEnough: () => false,
  });
  return all;
}
