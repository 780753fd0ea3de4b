import { schemaCheck } from '../../runner/tools/schema-check.js';
import { type Broken, explainBroken, type Figures } from './compare.js';
import { exhaust } from './exhaust.js';
import { huntMutants } from './mutants.js';
import { explainReal } from './real.js';
import { type RealJob, spreadReal } from './real-spread.js';
import { spread } from './spread.js';

/** `npm run soundness`: see `scripts/soundness.mjs` for how it is called. */
async function main(words: readonly string[]): Promise<number> {
  const number = (name: string, otherwise: number): number => {
    const at = words.indexOf(`--${name}`);
    const value = at < 0 ? otherwise : Number(words[at + 1]);
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} takes a whole number above 0.`);
    return value;
  };
  const known = new Set([
    '--playbooks',
    '--seed',
    '--jobs',
    '--runs',
    '--mutants',
    '--exhaustive',
    '--runner',
    '--from',
  ]);
  const stray = words.find((word) => word.startsWith('--') && !known.has(word));
  if (stray) throw new Error(`There is no ${stray}. There are ${[...known].join(', ')}.`);
  const seed = number('seed', 1);
  const jobs = number('jobs', 2);

  if (words.includes('--runner')) {
    const to = number('runner', 10_000);
    const from = words.includes('--from') ? Number(words[words.indexOf('--from') + 1]) : 0;
    if (!Number.isSafeInteger(from) || from < 0 || from >= to)
      throw new Error('--from takes a whole number below that of --runner, which is where it ends.');
    return onRunner({ seed, runs: number('runs', 1), from, to, jobs });
  }

  const runs = number('runs', 16);
  if (words.includes('--mutants')) {
    const playbooks = number('playbooks', 20_000);
    const killed = await huntMutants({ seed, runs, jobs, playbooks }, (one) => {
      const after = one.after === undefined ? '–' : String(one.after);
      console.log(`| ${one.fault.padEnd(30)} | ${one.by.padEnd(10)} | ${after.padStart(6)} | ${one.why} |`);
    });
    const survivors = killed.filter((one) => one.after === undefined);
    console.log(`${killed.length - survivors.length} of ${killed.length} planted faults found`);
    return survivors.length === 0 ? 0 : 1;
  }

  if (words.includes('--exhaustive')) {
    let holes = 0;
    for (let size = 1; size <= number('exhaustive', 4); size++) {
      const { broken, ...found } = exhaust(size);
      console.log(JSON.stringify(found));
      for (const one of broken.slice(0, 3)) console.log(one);
      holes += broken.length;
    }
    return holes === 0 ? 0 : 1;
  }

  const playbooks = number('playbooks', 20_000);
  const started = performance.now();
  let told = started;
  const figures = await spread({
    seed,
    runs,
    jobs,
    playbooks,
    faults: [],
    untilBroken: false,
    progress: (so) => {
      if (performance.now() - told < 30_000) return;
      told = performance.now();
      console.error(`${so.playbooks} playbooks, ${so.broken.length} broken`);
    },
  });
  report(figures, seed, (performance.now() - started) / 1000);
  const [first] = figures.broken;
  if (first) await explain(first, { seed, runs });
  return figures.broken.length === 0 && figures.errors.length === 0 ? 0 : 1;
}

/** Random playbooks on the real runner: playbooks `from` to `to - 1`. */
async function onRunner(job: RealJob): Promise<number> {
  const started = performance.now();
  let told = started;
  const figures = await spreadReal({
    ...job,
    progress: (so) => {
      if (performance.now() - told < 30_000) return;
      told = performance.now();
      console.error(`${so.playbooks} playbooks, ${so.acts} acts, ${so.broken.length} broken`);
    },
  });
  const { broken, ...counted } = figures;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(JSON.stringify({ seed: job.seed, ...counted, 'without authority': broken.length, seconds }, null, 2));
  const [first] = broken;
  if (first) console.log(`\n${await explainReal(first, { seed: job.seed, runs: job.runs, schemas: schemaCheck() })}`);
  return broken.length === 0 ? 0 : 1;
}

function report(figures: Figures, seed: number, seconds: number): void {
  const { violated = 0, proven = 0 } = figures.verdicts;
  const share = (part: number, of: number): string => (of === 0 ? '–' : `${((100 * part) / of).toFixed(2)} %`);
  const lines: [string, string | number][] = [
    ['seed', seed],
    ['playbooks', figures.playbooks],
    ['consequential acts', figures.acts],
    ...Object.entries(figures.verdicts)
      .sort()
      .map(([verdict, count]): [string, number] => [`  ${verdict}`, count]),
    ['runs', figures.runs],
    ['acts executed', figures.executed],
    ['proven cells executed in some run', share(figures.exercised, proven)],
    ['executions without cover', Object.values(figures.reasons).reduce((sum, one) => sum + one, 0)],
    ...Object.entries(figures.reasons)
      .sort()
      .map(([reason, count]): [string, number] => [`  ${reason}`, count]),
    ['acts outside what was proven', figures.broken.length],
    ['violated cells', violated],
    ['  acted out along their path', `${figures.actedOut} (${share(figures.actedOut, violated)})`],
    ...Object.entries(figures.unplayable).map(([why, count]): [string, number] => [`  not: ${why}`, count]),
    ['  of those not, seen in another run', figures.foundOtherwise],
    ['seconds', seconds.toFixed(1)],
  ];
  for (const [name, value] of lines) console.log(`${name.padEnd(50)} ${value}`);
  for (const one of figures.unplayed) {
    console.log(`not acted out: playbook ${one.index}, ${one.tool} at ${one.step}, because ${one.why}: ${one.witness}`);
  }
  for (const error of figures.errors) console.log(`an error the generator made: playbook ${error}`);
}

async function explain(broken: Broken, options: { readonly seed: number; readonly runs: number }): Promise<void> {
  console.log(`\n${await explainBroken(broken, options)}`);
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  return 2;
});
