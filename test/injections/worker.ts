import { parentPort, workerData } from 'node:worker_threads';
import type { Stretch } from '../soundness/threads.js';
import { runUnit, type Unit, type UnitFigures } from './units.js';

const units: readonly Unit[] = workerData;

parentPort?.on('message', ({ from, to }: Stretch) => {
  void (async () => {
    const figures: UnitFigures[] = [];
    for (const unit of units.slice(from, to)) figures.push(await runUnit(unit));
    parentPort?.postMessage(figures);
  })();
});
