import { analyse, type Faults } from './adapter.js';
import { enumerate, everyRun } from './enumerate.js';
import type { Program } from './playbook.js';
import { printProgram } from './print.js';

/** What comparing every small playbook with every run of it shows. */
export interface Exhausted {
  readonly size: number;
  playbooks: number;
  runs: number;
  verdicts: { [verdict: string]: number };
  /** Proven, and a run does it. Must stay empty. */
  readonly broken: string[];
  /** Violated, and no run does it: the analysis is more careful than it needs to be. */
  careful: number;
  /** Playbooks with more runs than were made. */
  unfinished: number;
}

/** More than any playbook of four steps has. */
const RUNS = 20_000;

/** Compares what the analysis says of every playbook of `size` steps with all its runs. */
export function exhaust(size: number): Exhausted {
  const found: Exhausted = { size, playbooks: 0, runs: 0, verdicts: {}, broken: [], careful: 0, unfinished: 0 };
  for (const program of enumerate(size)) {
    found.playbooks++;
    const verdict = verdictOf(program);
    found.verdicts[verdict] = (found.verdicts[verdict] ?? 0) + 1;
    const { violation, runs, complete } = everyRun(program, RUNS);
    found.runs += runs;
    if (!violation && !complete) found.unfinished++;
    if (verdict === 'violated' && complete) found.careful++;
    const allowed = verdict === 'violated' || (verdict === 'runtime' && violation?.reason === 'expired');
    if (violation && !allowed) found.broken.push(`${verdict}, yet ${violation.reason}:\n${textOf(program)}`);
  }
  return found;
}

/** How a planted fault shows in small playbooks. */
export interface SmallKill {
  readonly after: number;
  readonly why: string;
}

/**
 * Looks for a playbook of up to `size` steps that tells an analysis with `faults` from one without by what runs do: an act
 * it proves and a run does, or one that the analysis without the fault proves, it does not, and no run does. The second is
 * no hole, but it is a fault.
 */
export function killSmall(faults: Faults, size: number): SmallKill | undefined {
  let after = 0;
  for (let steps = 1; steps <= size; steps++) {
    for (const program of enumerate(steps)) {
      after++;
      const [right, wrong] = [verdictOf(program), verdictOf(program, faults)];
      if (right === wrong) continue;
      const { violation, complete } = everyRun(program, RUNS);
      if (wrong !== 'violated' && violation) return { after, why: `proven, yet ${violation.reason}` };
      if (wrong === 'violated' && complete) return { after, why: 'violated, and no run does it' };
    }
  }
  return undefined;
}

function verdictOf(program: Program, faults?: Faults): string {
  const { cells, errors } = analyse(program, faults);
  if (errors.length > 0) throw new Error(`${errors.join('\n')}\n${textOf(program)}`);
  return cells[0]?.verdict ?? 'overlooked';
}

function textOf(program: Program): string {
  return [...printProgram(program).values()][0] ?? '';
}
