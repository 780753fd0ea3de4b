import { parentPort, workerData } from 'node:worker_threads';
import type { AnalysisFault } from './adapter.js';
import { compare, noFigures } from './compare.js';
import type { Stretch } from './threads.js';

/** What a worker is told when it starts. */
export interface WorkerData {
  readonly seed: number;
  readonly runs: number;
  readonly faults: readonly AnalysisFault[];
}
const { seed, runs, faults }: WorkerData = workerData;
const options = { seed, runs, ...(faults.length > 0 && { faults: new Set(faults) }) };

parentPort?.on('message', ({ from, to }: Stretch) => {
  const figures = noFigures();
  for (let index = from; index < to; index++) compare(index, options, figures);
  parentPort?.postMessage(figures);
});
