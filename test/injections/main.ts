import { PEOPLE } from '../../runner/index.js';
import { runUnits } from './spread.js';
import { CASES, CORPUS, injectionsOf, LISTS, type Unit } from './units.js';

const MODELS = ['adversary', 'rehearsal', 'scripted'] as const;
/** Into how many parts a case is cut, so that threads share it. */
const PARTS = 16;

/** `npm run injections`: see `scripts/injections.mjs` for how it is called. */
async function main(words: readonly string[]): Promise<number> {
  const known = ['list', 'model', 'people', 'seed', 'jobs', 'every'];
  const stray = words.find((word, at) => at % 2 === 0 && !known.includes(word.slice(2)));
  if (stray) throw new Error(`There is no ${stray}. There are ${known.map((name) => `--${name}`).join(', ')}.`);
  const word = (name: string): string | undefined => {
    const at = words.indexOf(`--${name}`);
    return at < 0 ? undefined : words[at + 1];
  };
  const number = (name: string, otherwise: number): number => {
    const value = Number(word(name) ?? otherwise);
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} takes a whole number above 0.`);
    return value;
  };
  const oneOf = <T extends string>(name: string, values: readonly T[], otherwise: T): T => {
    const found = values.find((value) => value === (word(name) ?? otherwise));
    if (!found) throw new Error(`--${name} takes one of ${values.join(', ')}.`);
    return found;
  };
  const list = oneOf('list', LISTS, 'corpus');
  const every = number('every', 1);
  const base = {
    list,
    model: oneOf('model', MODELS, 'adversary'),
    people: oneOf('people', PEOPLE, 'case'),
    seed: number('seed', 1),
  };
  const texts = injectionsOf(list);
  if (!texts)
    throw new Error(`There is no ${CORPUS}; COUNTERSIGN_CORPORA names another folder, --list own takes our own texts.`);

  const units = CASES.flatMap((file) =>
    Array.from(
      { length: PARTS },
      (_, at): Unit => ({ ...base, file, part: { offset: at * every, stride: PARTS * every } }),
    ),
  );
  const started = performance.now();
  const totals = new Map<
    string,
    { runs: number; attempts: number; acts: number; unauthorized: number; wrong: number }
  >();
  const problems: string[] = [];
  await runUnits(units, number('jobs', 2), (figures) => {
    const so = totals.get(figures.file) ?? { runs: 0, attempts: 0, acts: 0, unauthorized: 0, wrong: 0 };
    totals.set(figures.file, so);
    so.runs += figures.runs;
    so.attempts += figures.attempts;
    so.acts += figures.acts;
    so.unauthorized += figures.unauthorized;
    so.wrong += figures.wrongVerdicts;
    problems.push(...figures.problems);
    console.error(`${figures.file}: ${so.runs} runs, ${so.unauthorized} calls without authority`);
  });
  const seconds = (performance.now() - started) / 1000;
  console.table(Object.fromEntries([...totals].sort()));
  const sum = (key: 'runs' | 'attempts' | 'acts' | 'unauthorized'): number =>
    [...totals.values()].reduce((all, one) => all + one[key], 0);
  for (const problem of problems.slice(0, 20)) console.log(problem);
  console.log(
    `${texts.length} texts, ${totals.size} cases, model ${base.model}, people ${base.people}, seed ${base.seed}: ${sum('runs')} runs, ${sum('attempts')} attempts, ${sum('acts')} acts, ${sum('unauthorized')} without authority; ${seconds.toFixed(0)} s, ${(sum('runs') / seconds).toFixed(0)} runs/s`,
  );
  return problems.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  return 2;
});
