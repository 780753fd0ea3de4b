// A program that measures one agent runner in a process of its own and prints JSON.
// `node measure.mjs times MODULE`: { name, perCall: { [calls]: { ms, cpu, disk } }, sent }. The time per call is from the model's first turn
// to its last, over the calls: all that happens between a proposal and the next question, and nothing of how a run is set up.
// `cpu` is the processor time of that, which a busy machine lengthens less, and `disk` what of it went by waiting for the disk, where
// a runner does; both in milliseconds.
// `node measure.mjs memory MODULE`: { name, peakMB, sent }, the most memory at a time of one run with the most calls.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { median } from './figures.mjs';
import { SIZES } from './task.mjs';

/** How often each size is run. */
const ROUNDS = [20, 5, 1];
/** How long it runs before anything is counted, in milliseconds: code is compiled then. */
const WARM = 4_000;

const [, , what, file] = process.argv;
const {
  name,
  run,
  waited = () => 0,
} = file.endsWith('.cjs') ? createRequire(import.meta.url)(path.resolve(file)) : await import(pathToFileURL(file).href);

/** Time per call of one run with so many calls, one a turn. */
async function perCall(count) {
  let turns = 0;
  let first = now();
  let last = first;
  const done = await run(count, () => {
    turns++;
    if (turns === 1) first = now();
    if (turns <= count) return turns;
    last = now();
    return undefined;
  });
  if (turns !== count + 1 || done !== count)
    throw new Error(`${name}: ${done} calls in ${turns} turns instead of ${count} in ${count + 1}`);
  const each = (what) => (last[what] - first[what]) / count;
  return { ms: each('ms'), cpu: each('cpu'), disk: each('disk') };
}

function now() {
  const { user, system } = process.cpuUsage();
  return { ms: performance.now(), cpu: (user + system) / 1000, disk: waited() };
}

async function times() {
  const started = performance.now();
  while (performance.now() - started < WARM) {
    await perCall(10);
    await perCall(100);
  }
  const figures = {};
  for (const [index, count] of SIZES.entries()) {
    const all = [];
    for (let round = 0; round < ROUNDS[index]; round++) all.push(await perCall(count));
    const middle = (what) => median(all.map((one) => one[what]));
    figures[count] = { ms: middle('ms'), cpu: middle('cpu'), disk: middle('disk') };
  }
  return { perCall: figures };
}

async function memory() {
  await perCall(SIZES.at(-1));
  return { peakMB: process.resourceUsage().maxRSS / 1024 };
}

const found = what === 'memory' ? await memory() : await times();
console.log(JSON.stringify({ name, ...found, sent: globalThis.attemptsToSend ?? [] }));
