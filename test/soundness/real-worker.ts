import { parentPort, workerData } from 'node:worker_threads';
import { schemaCheck } from '../../runner/tools/schema-check.js';
import { compareReal, noRealFigures } from './real.js';
import type { Stretch } from './threads.js';

export interface RealData {
  readonly seed: number;
  readonly runs: number;
}

const { seed, runs }: RealData = workerData;

parentPort?.on('message', ({ from, to }: Stretch) => {
  void (async () => {
    const figures = noRealFigures();
    // A fresh one now and then: it keeps every schema it compiled.
    const options = { seed, runs, schemas: schemaCheck() };
    for (let index = from; index < to; index++) await compareReal(index, options, figures);
    parentPort?.postMessage(figures);
  })();
});
