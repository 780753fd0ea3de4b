import { keptFiles } from '../../language/host.js';
import { generate, WHOLE_LANGUAGE } from './generate.js';
import type { Program } from './playbook.js';
import { printProgram } from './print.js';
import { type Given, type Readied, ready, realRun } from './real-run.js';
import { shrink } from './shrink.js';

/** What came of many runs on the real runner. */
export interface RealFigures {
  playbooks: number;
  runs: number;
  lines: number;
  /** Calls that went ahead, and of those the consequential ones. */
  executed: number;
  acts: number;
  /** Consequential acts that went ahead, by what the analysis says of them. */
  readonly verdicts: { [verdict: string]: number };
  /** By what allowed them, without names. */
  readonly authorities: { [by: string]: number };
  readonly outcomes: { [outcome: string]: number };
  readonly broken: Broken[];
}

export interface Broken {
  readonly index: number;
  readonly run: number;
  readonly problem: string;
}

export function noRealFigures(): RealFigures {
  return {
    playbooks: 0,
    runs: 0,
    lines: 0,
    executed: 0,
    acts: 0,
    verdicts: {},
    authorities: {},
    outcomes: {},
    broken: [],
  };
}

export function addRealFigures(into: RealFigures, more: RealFigures): void {
  for (const name of ['playbooks', 'runs', 'lines', 'executed', 'acts'] as const) into[name] += more[name];
  for (const name of ['verdicts', 'authorities', 'outcomes'] as const) {
    for (const [key, count] of Object.entries(more[name])) into[name][key] = (into[name][key] ?? 0) + count;
  }
  into.broken.push(...more.broken);
}

export interface RealOptions extends Given {
  readonly seed: number;
  /** Runs of each playbook. */
  readonly runs: number;
}

const kept = keptFiles();

/** Runs playbook number `index` and counts what came of it. */
export async function compareReal(index: number, options: RealOptions, figures: RealFigures): Promise<void> {
  const readied = ready(generate(options.seed, index, WHOLE_LANGUAGE), kept);
  figures.playbooks += 1;
  for (let run = 0; run < options.runs; run++) {
    const { problems, ...counted } = await judged(readied, index, run, options);
    addRealFigures(figures, counted);
    for (const problem of problems) figures.broken.push({ index, run, problem });
  }
}

/** One run of one playbook, and what was wrong with it. */
export async function judged(
  readied: Readied,
  index: number,
  run: number,
  { seed, ...given }: RealOptions,
): Promise<RealFigures & { readonly problems: readonly string[] }> {
  const figures = noRealFigures();
  figures.runs = 1;
  const problems: string[] = [];
  const { lines, audit, outcome } = await realRun(readied, seed, index, run, given);
  figures.lines = lines.length;
  figures.outcomes[outcome] = 1;
  figures.executed = audit.executed.length;
  problems.push(...audit.findings.map((finding) => `${finding.tool} (${finding.call}): ${finding.problem}`));
  for (const { consequential, step, tool, by } of audit.executed) {
    if (!consequential) continue;
    figures.acts += 1;
    const verdict = readied.verdicts.get(`${step} ${tool}`);
    if (verdict === undefined) problems.push(`${tool} went ahead at ${step}, of which the analysis says nothing.`);
    const said = verdict ?? 'overlooked';
    figures.verdicts[said] = (figures.verdicts[said] ?? 0) + 1;
    const kind = by === null ? 'nothing' : by.startsWith('approved') ? 'people' : by;
    figures.authorities[kind] = (figures.authorities[kind] ?? 0) + 1;
  }
  return { ...figures, problems };
}

/** The smallest playbook found that shows the same, and how to see it again. */
export async function explainReal(broken: Broken, options: RealOptions): Promise<string> {
  const fails = async (program: Program): Promise<boolean> =>
    (await judged(ready(program), broken.index, broken.run, options)).problems.length > 0;
  const small = await shrink(generate(options.seed, broken.index, WHOLE_LANGUAGE), fails);
  const { problems } = await judged(ready(small), broken.index, broken.run, options);
  const texts = [...printProgram(small)].map(([name, text]) => `# ${name}\n${text}`);
  return [
    `Playbook ${broken.index} of seed ${options.seed}, run ${broken.run}: ${broken.problem}`,
    `npm run soundness -- --runner ${broken.index + 1} --from ${broken.index} --seed ${options.seed} --runs ${options.runs}`,
    `Shrunk, it shows: ${problems.join(' ')}`,
    ...texts,
  ].join('\n');
}
