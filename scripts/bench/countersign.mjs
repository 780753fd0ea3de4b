// Our runner for measure.mjs: `node measure.mjs times countersign.mjs FOLDER durable` writes a trace of every run there; with
// `memory` the events are only kept.
import { isDone, runDurably, runInMemory } from './agent-run.mjs';

const [, , , , folder, journal] = process.argv;
export const name = `Countersign, ${journal === 'durable' ? 'durable' : 'journal in memory'}`;

export async function run(count, turn) {
  return journal === 'durable'
    ? runDurably(folder, count, turn)
    : (await runInMemory(folder, count, turn)).filter(isDone).length;
}
