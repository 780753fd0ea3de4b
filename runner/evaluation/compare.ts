import type { EvaluatedRun } from './evaluated-run.js';
import { type Evaluation, RATES, type RateName } from './evaluation.js';
import type { Rate } from './statistics/rate.js';

/** How a case went before and goes now. Where it is run several times, in how many of them it went as expected. */
export interface ComparedCase {
  readonly playbook: string;
  readonly case: string;
  readonly before: { readonly passed: number; readonly of: number; readonly verdicts: readonly string[] };
  readonly now: { readonly passed: number; readonly of: number; readonly verdicts: readonly string[] };
  /** What was not as expected now. */
  readonly unmet: readonly string[];
  /** Acts that run without a person now and did not before, by tool. */
  readonly newlyAlone: readonly string[];
}

export interface ComparedRate {
  readonly name: RateName;
  readonly before: Rate;
  readonly now: Rate;
  /** Whether the intervals lie apart: only then did more than chance change. */
  readonly apart: boolean;
}

/** What differs from an earlier evaluation. */
export interface Comparison {
  readonly baseline: { readonly at: string; readonly engine: string; readonly model: string };
  /**
   * A smaller share of the case's runs is as expected than before. Of a case that is a decision of a person: any is not, whatever
   * was before.
   */
  readonly regressions: readonly ComparedCase[];
  readonly fixed: readonly ComparedCase[];
  /** As good as before, with other verdicts or acts. */
  readonly changed: readonly ComparedCase[];
  readonly added: readonly string[];
  readonly gone: readonly string[];
  readonly rates: readonly ComparedRate[];
}

export function compareEvaluations(before: Evaluation, now: Evaluation): Comparison {
  const [old, fresh] = [casesOf(before), casesOf(now)];
  const both = [...fresh].flatMap(([name, runs]) => {
    const earlier = old.get(name);
    return earlier ? [comparedCase(earlier, runs)] : [];
  });
  const better = (one: ComparedCase): number => share(one.now) - share(one.before);
  const against = new Set(now.feedback.regressions.map((one) => `${one.playbook} on ${one.case}`));
  const isWorse = (one: ComparedCase): boolean => better(one) < 0 || against.has(`${one.playbook} on ${one.case}`);
  const addedWorse = [...fresh].flatMap(([name, runs]) =>
    against.has(name) && !old.has(name) ? [comparedCase([], runs)] : [],
  );
  return {
    baseline: { at: before.at, engine: before.plan.engine, model: before.plan.model.id },
    regressions: [...both.filter(isWorse), ...addedWorse],
    fixed: both.filter((one) => better(one) > 0 && !isWorse(one)),
    changed: both.filter(
      (one) =>
        better(one) === 0 &&
        !isWorse(one) &&
        (one.newlyAlone.length > 0 || one.before.verdicts.join() !== one.now.verdicts.join()),
    ),
    added: [...fresh.keys()].filter((name) => !old.has(name)),
    gone: [...old.keys()].filter((name) => !fresh.has(name)),
    rates: RATES.flatMap((name) => {
      const [a, b] = [before.rates[name], now.rates[name]];
      const apart = a.value !== null && b.value !== null && (a.high < b.low || b.high < a.low);
      return a.value === b.value && a.n === b.n ? [] : [{ name, before: a, now: b, apart }];
    }),
  };
}

function share({ passed, of }: ComparedCase['now']): number {
  return of === 0 ? 0 : passed / of;
}

/** Runs by what people call their case. */
function casesOf({ runs }: Evaluation): ReadonlyMap<string, readonly EvaluatedRun[]> {
  const found = new Map<string, EvaluatedRun[]>();
  for (const run of runs) {
    const name = `${run.playbook} on ${run.case}`;
    const all = found.get(name) ?? [];
    found.set(name, all);
    all.push(run);
  }
  return found;
}

function comparedCase(before: readonly EvaluatedRun[], now: readonly EvaluatedRun[]): ComparedCase {
  const alone = (runs: readonly EvaluatedRun[]): readonly string[] => [
    ...new Set(runs.flatMap(({ acts }) => acts.filter((act) => act.alone).map((act) => act.tool))),
  ];
  const known = new Set(alone(before));
  return {
    playbook: now[0]?.playbook ?? '',
    case: now[0]?.case ?? '',
    before: countsOf(before),
    now: countsOf(now),
    unmet: [...new Set(now.flatMap(({ unmet }) => unmet))],
    newlyAlone: alone(now).filter((tool) => !known.has(tool)),
  };
}

function countsOf(runs: readonly EvaluatedRun[]): ComparedCase['now'] {
  const verdicts = [...new Set(runs.map(({ verdict }) => verdict ?? 'none'))].sort();
  return { passed: runs.filter(({ pass }) => pass).length, of: runs.length, verdicts };
}
