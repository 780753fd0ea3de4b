// Our runner for measure.mjs: `node measure.mjs times countersign.mjs FOLDER durable` writes a trace of every run there; with
// `memory` the events are only kept.
import { open } from 'node:fs/promises';
import { isDone, runDurably, runInMemory } from './agent-run.mjs';

const [, , , , folder, journal] = process.argv;
export const name = `Countersign, ${journal === 'durable' ? 'durable' : 'journal in memory'}`;

/** Milliseconds that files were waited for until they were on disk. */
export const waited = () => total;
let total = 0;

/** Has every file of this process tell how long it was waited for. */
async function watchDisk() {
  const some = await open(process.execPath, 'r');
  const files = Object.getPrototypeOf(some);
  await some.close();
  const { datasync } = files;
  files.datasync = async function timed() {
    const started = performance.now();
    try {
      return await datasync.call(this);
    } finally {
      total += performance.now() - started;
    }
  };
}

let watched;

export async function run(count, turn) {
  watched ??= watchDisk();
  await watched;
  return journal === 'durable'
    ? runDurably(folder, count, turn)
    : (await runInMemory(folder, count, turn)).filter(isDone).length;
}
