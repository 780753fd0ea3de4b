// The program of one more thread of `countersign check`: paths come in, what was found in those files goes out.
import { parentPort, workerData } from 'node:worker_threads';
import { checkText, hostOf } from './check-text.js';
import type { ThreadData } from './check-threads.js';

const { today }: ThreadData = workerData;
const host = hostOf(new Set(), today);

parentPort?.on('message', (files: readonly string[]) => {
  parentPort?.postMessage(files.map((file) => checkText(file, host)));
});
