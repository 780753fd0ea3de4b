import { type AnalysedCell, analyse, type Faults, LANGUAGE } from './adapter.js';
import { drawing, temperOf } from './adversary.js';
import { describe, type Event } from './events.js';
import { type Features, generate } from './generate.js';
import { interpret } from './interpret.js';
import { actsOf, type MonitorOf, monitorOf, type Reason, type Violation } from './monitor.js';
import { isConsequential, type Program } from './playbook.js';
import { printProgram } from './print.js';
import { randomOf } from './random.js';
import { actOut } from './replay.js';
import { shrink } from './shrink.js';

/** What is counted over many playbooks. */
export interface Figures {
  playbooks: number;
  acts: number;
  verdicts: { [verdict: string]: number };
  runs: number;
  /** Executed consequential acts. */
  executed: number;
  /** Proven cells whose act some run executed. */
  exercised: number;
  /** Violated cells whose counterexample was acted out. */
  actedOut: number;
  /** The others, by why not. */
  unplayable: { [why: string]: number };
  /** Those of the others whose act was executed uncovered in another run. */
  foundOtherwise: number;
  /** Executions without cover, by reason. */
  reasons: { [reason: string]: number };
  broken: Broken[];
  /** The first counterexamples that could not be acted out. */
  unplayed: Unplayed[];
  /** Errors in generated playbooks that are no matter of authority: the generator's own faults. */
  errors: string[];
}

/** An executed act outside what the analysis proved. */
export interface Broken {
  readonly seed: number;
  readonly index: number;
  readonly run: number;
  readonly cell: { readonly step: string; readonly tool: string; readonly verdict: string };
  readonly reason: Reason;
}

export interface Unplayed {
  readonly index: number;
  readonly step: string;
  readonly tool: string;
  readonly witness: string;
  readonly why: string;
}

export interface Options {
  readonly seed: number;
  readonly runs: number;
  readonly features?: Features;
  readonly faults?: Faults;
}

const LISTED = 20;

export function noFigures(): Figures {
  return {
    playbooks: 0,
    acts: 0,
    verdicts: {},
    runs: 0,
    executed: 0,
    exercised: 0,
    actedOut: 0,
    unplayable: {},
    foundOtherwise: 0,
    reasons: {},
    broken: [],
    unplayed: [],
    errors: [],
  };
}

export function addFigures(into: Figures, more: Figures): void {
  for (const key of ['playbooks', 'acts', 'runs', 'executed', 'exercised', 'actedOut', 'foundOtherwise'] as const) {
    into[key] += more[key];
  }
  for (const key of ['verdicts', 'reasons', 'unplayable'] as const) {
    for (const [name, count] of Object.entries(more[key])) into[key][name] = (into[key][name] ?? 0) + count;
  }
  into.broken.push(...more.broken.slice(0, LISTED - into.broken.length));
  into.unplayed.push(...more.unplayed.slice(0, LISTED - into.unplayed.length));
  into.errors.push(...more.errors.slice(0, LISTED - into.errors.length));
}

/** Compares what the analysis says of playbook number `index` with what happens, and counts it into `figures`. */
export function compare(index: number, options: Options, figures: Figures): void {
  const program = generate(options.seed, index, options.features ?? LANGUAGE);
  const { cells, errors } = analyse(program, options.faults);
  for (const error of errors.slice(0, LISTED - figures.errors.length)) figures.errors.push(`${index}: ${error}`);
  compareCells(program, cells, index, options, figures);
}

/** As `compare`, for a program and cells at hand. */
export function compareCells(
  program: Program,
  cells: readonly AnalysedCell[],
  index: number,
  options: Options,
  figures: Figures,
): void {
  figures.playbooks++;
  const cellOf = new Map(cells.map((cell) => [`${cell.step} ${cell.tool}`, cell]));
  for (const [at, tools] of actsOf(program, isConsequential)) {
    for (const tool of tools) {
      figures.acts++;
      const verdict = cellOf.get(`${at} ${tool}`)?.verdict ?? 'overlooked';
      figures.verdicts[verdict] = (figures.verdicts[verdict] ?? 0) + 1;
    }
  }
  if (cells.length === 0) return;
  const monitor = monitorOf(program);
  const random = randomOf(options.seed ^ 0x5eed, index);
  const uncovered = new Set<string>();
  const executed = new Set<string>();
  for (let run = 0; run < options.runs; run++) {
    figures.runs++;
    const watch = monitor();
    interpret(program, drawing(random, temperOf(run, random)), (event) => {
      if (event.kind === 'executed') {
        figures.executed++;
        executed.add(`${event.at} ${event.call.tool}`);
      }
      watch.see(event);
    });
    for (const violation of watch.violations) {
      figures.reasons[violation.reason] = (figures.reasons[violation.reason] ?? 0) + 1;
      const key = `${violation.at} ${violation.tool}`;
      if (uncovered.has(key)) continue;
      const cell = cellOf.get(key);
      const verdict = cell?.verdict ?? 'overlooked';
      if (allows(verdict, violation)) {
        if (verdict !== 'runtime') uncovered.add(key);
        continue;
      }
      uncovered.add(key);
      if (figures.broken.length >= LISTED) continue;
      const { at: step, tool, reason } = violation;
      figures.broken.push({ seed: options.seed, index, run, cell: { step, tool, verdict }, reason });
    }
  }
  for (const cell of cells) {
    const key = `${cell.step} ${cell.tool}`;
    if (cell.verdict === 'proven' && executed.has(key)) figures.exercised++;
    if (cell.verdict !== 'violated') continue;
    const acted = actOut(program, monitor, cell, cell.witness);
    if ('violation' in acted) {
      figures.actedOut++;
      continue;
    }
    const { unplayable } = acted;
    if (uncovered.has(key)) figures.foundOtherwise++;
    figures.unplayable[unplayable] = (figures.unplayable[unplayable] ?? 0) + 1;
    if (figures.unplayed.length >= LISTED) continue;
    const witness = cell.witness.map((one) => `${one.step} (${one.edge})`).join(' → ');
    figures.unplayed.push({ index, step: cell.step, tool: cell.tool, witness, why: unplayable });
  }
}

/** Whether an act with this verdict may be seen executed uncovered in this way. */
function allows(verdict: string, { reason }: Violation): boolean {
  switch (verdict) {
    case 'violated':
    case 'unknown':
      return true;
    case 'runtime':
      return reason === 'expired' || reason === 'bounds';
    default:
      return false;
  }
}

/** What a person needs to look into one broken cell: the smallest such playbook, and what happened in it. */
export async function explainBroken(broken: Broken, options: Options): Promise<string> {
  const features = options.features ?? LANGUAGE;
  const program = await shrink(
    generate(broken.seed, broken.index, features),
    (smaller) => firstBroken(smaller, options.faults) !== undefined,
  );
  const found = firstBroken(program, options.faults);
  const texts = [...printProgram(program)].map(([name, text]) => `# ${name}\n${text}`);
  return [
    `Playbook ${broken.index} of seed ${broken.seed}, run ${broken.run}: ${broken.cell.tool} at ${broken.cell.step} is ` +
      `${broken.cell.verdict}, and it was executed: ${broken.reason}.`,
    found
      ? `The smallest such playbook: ${found.tool} at ${found.at}, ${found.reason}.`
      : 'It could not be made smaller.',
    ...texts,
    ...(found?.trail ?? []),
  ].join('\n');
}

const TRIES = 200;

function firstBroken(
  program: Program,
  faults: Faults | undefined,
): (Violation & { readonly trail: readonly string[] }) | undefined {
  const { cells, errors } = analyse(program, faults);
  if (errors.length > 0) return undefined;
  const verdicts = new Map(cells.map((cell) => [`${cell.step} ${cell.tool}`, cell.verdict]));
  const monitor: MonitorOf = monitorOf(program);
  for (let run = 0; run < TRIES; run++) {
    const random = randomOf(run, 1);
    const watch = monitor();
    const trail: Event[] = [];
    interpret(program, drawing(random, temperOf(run, random)), (event) => {
      trail.push(event);
      watch.see(event);
    });
    for (const one of watch.violations) {
      if (!allows(verdicts.get(`${one.at} ${one.tool}`) ?? 'overlooked', one))
        return { ...one, trail: trail.map(describe) };
    }
  }
  return undefined;
}
