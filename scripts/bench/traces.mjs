// Traces: lines appended and hashed without waiting for the disk, and verified, beside what Node needs for the same bytes.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { verifyTrace } from '../../out/runner/index.js';
import { systemClock } from '../../out/runner/system.js';
import { openJournal } from '../../out/runner/trace/journal.js';
import { runInMemory } from './agent-run.mjs';
import { median, ms, say, times, title } from './figures.mjs';

const LINES = 100_000;
const ROUNDS = 3;

export async function traces(scratch) {
  title(`A trace of ${LINES.toLocaleString('en')} lines.`);
  let turns = 0;
  const events = await runInMemory(scratch, 1, () => (turns++ === 0 ? turns : undefined));
  const opened = events[0];
  const closed = events.at(-1);
  // A line that waits for no disk, and that there may be any number of.
  const response = events.find(({ event }) => event === 'model.response');
  const took = { append: [], verify: [], peer: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const file = path.join(scratch, `${round}.trace.jsonl`);
    const made = await openJournal(file, { run: 'bench', clock: systemClock });
    if (!made.ok) throw new Error(made.message);
    const { journal } = made;
    const write = ({ event, step, actor, data }) => journal.write(event, step, actor, data);
    took.append.push(
      await timed(async () => {
        await write(opened);
        for (let index = 2; index < LINES; index++) await write(response);
        await write({ ...closed, data: { ...closed.data, lines: LINES } });
      }),
    );
    await journal.close();
    let found;
    took.verify.push(
      await timed(async () => {
        found = await verifyTrace(file);
      }),
    );
    if (!found.valid || found.lines !== LINES) throw new Error(`It does not verify: ${JSON.stringify(found.firstBad)}`);
    took.peer.push(
      await timed(() => {
        for (const line of readFileSync(file, 'utf8').split('\n')) {
          if (line === '') continue;
          JSON.parse(line);
          createHash('sha256').update(line).digest('hex');
        }
      }),
    );
    rmSync(file);
  }
  const [append, verify, peer] = [took.append, took.verify, took.peer].map(median);
  say('appended and hashed', ms(append), `${times(append / peer)} of the peer`);
  say('verified', ms(verify), `${times(verify / peer)} of the peer`);
  say('peer: Node parses and hashes each line', ms(peer));
}

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
