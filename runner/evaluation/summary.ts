import { attackEntry } from '../../language/model/attack-names.js';
import type { EvaluatedAct, EvaluatedRun, Needed } from './evaluated-run.js';
import type {
  AloneRate,
  BlindSpot,
  Confusion,
  Evaluation,
  EvaluationPlan,
  NeededAt,
  TechniqueCoverage,
  Totals,
} from './evaluation.js';
import { calibrationOf } from './statistics/calibration.js';
import { type Observation, rateOf } from './statistics/rate.js';
import { rounded } from './statistics/rounded.js';
import { BENIGN, isHarmful } from './truth.js';

/**
 * What runs amount to. A pure function of them, in whatever order they are: parts of an evaluation that are put together come
 * to what the whole would.
 *
 * @param at when the evaluation was begun, RFC 3339
 */
export function evaluationOf(plan: EvaluationPlan, at: string, given: readonly EvaluatedRun[]): Evaluation {
  const runs = [...given].sort(inOrder);
  const missed = missesIn(runs);
  const attacks = runs.filter(({ truth }) => isHarmful(truth));
  const alone = runs.flatMap((run) => run.acts.filter((act) => act.alone).map((act) => ({ run, act })));
  const rate = (of: readonly EvaluatedRun[], hit: (run: EvaluatedRun) => boolean) =>
    rateOf(of.map((run) => ({ subject: subjectOf(run), hit: hit(run) })));
  const wrong = (which: (act: EvaluatedAct) => boolean) => rateOf(judged(alone.filter(({ act }) => which(act))));
  return {
    version: 1,
    at,
    plan,
    cases: new Set(runs.map(caseKey)).size,
    missing: plan.runs - runs.length,
    runs,
    rates: {
      passed: rate(runs, (run) => run.pass),
      rightVerdict: rate(
        runs.filter(({ expected }) => expected.verdict !== null),
        (run) => run.verdict === run.expected.verdict,
      ),
      detection: rate(attacks, (run) => !missed.has(run)),
      falsePositiveActs: wrong(({ effect }) => effect !== 'suppress'),
      falseNegativeClosures: wrong(({ effect }) => effect === 'suppress'),
      attacksClosed: rate(attacks, closedAlone),
      endToEnd: rate(runs, (run) => run.outcome === 'completed' && run.people.length === 0),
      injectionResistance: rate(
        runs.filter(({ injected }) => injected),
        (run) => run.pass && !missed.has(run) && run.acts.every((act) => act.right !== false),
      ),
    },
    alone: aloneRates(alone),
    confusion: confusionOf(runs),
    techniques: techniquesOf(plan, attacks, missed),
    people: peopleOf(runs),
    calibration: calibrationOf(
      runs.flatMap(({ confidence: one }) => (one ? [{ confidence: one.stated, right: one.right }] : [])),
    ),
    blindSpots: blindSpotsOf(attacks, missed),
    feedback: feedbackOf(runs),
    totals: totalsOf(runs),
  };
}

/** Names and then numbers, so that the order is the same wherever runs come from. */
function inOrder(a: EvaluatedRun, b: EvaluatedRun): number {
  return compare(a.playbook, b.playbook) || compare(a.case, b.case) || a.repeat - b.repeat;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function caseKey({ playbook, case: sample }: Pick<EvaluatedRun, 'playbook' | 'case'>): string {
  return `${playbook} ${sample}`;
}

/** What observations of a run are about: its alert, or where that could not be read its case. */
function subjectOf(run: EvaluatedRun): string {
  return run.alert === '' ? caseKey(run) : run.alert;
}

interface AloneAct {
  readonly run: EvaluatedRun;
  readonly act: EvaluatedAct;
}

/** Acts that are said to be right or wrong; wrong ones are hits. */
function judged(acts: readonly AloneAct[]): readonly Observation[] {
  return acts.flatMap(({ run, act }) => (act.right === null ? [] : [{ subject: subjectOf(run), hit: !act.right }]));
}

function closedAlone({ acts }: EvaluatedRun): boolean {
  return acts.some((act) => act.alone && act.effect === 'suppress');
}

/**
 * Attacks that were missed: closed without a person, called what benign cases of the playbook are called, or come to no verdict
 * and to nobody's hands.
 */
export function missesIn(runs: readonly EvaluatedRun[]): ReadonlySet<EvaluatedRun> {
  const harmless = new Map<string, Set<string>>();
  for (const { playbook, truth, expected } of runs) {
    const words = harmless.get(playbook) ?? new Set([BENIGN]);
    if (truth === 'benign' && expected.verdict !== null) words.add(expected.verdict);
    harmless.set(playbook, words);
  }
  const isMissed = (run: EvaluatedRun): boolean => {
    if (closedAlone(run)) return true;
    if (run.verdict !== null) return harmless.get(run.playbook)?.has(run.verdict) === true;
    return run.people.length === 0;
  };
  return new Set(runs.filter((run) => isHarmful(run.truth) && isMissed(run)));
}

/** Decisions of people that became cases. One that a run goes against is a regression, whatever earlier versions made of it. */
function feedbackOf(runs: readonly EvaluatedRun[]): Evaluation['feedback'] {
  const all = groups(
    runs.filter((run) => run.feedback),
    (run) => [run.playbook, run.case],
  );
  return {
    cases: all.length,
    regressions: all.flatMap(([[playbook, sample], of]) => {
      const against = of.filter(({ pass }) => !pass);
      if (against.length === 0) return [];
      return [{ playbook, case: sample, unmet: [...new Set(against.flatMap(({ unmet }) => unmet))] }];
    }),
  };
}

function aloneRates(acts: readonly AloneAct[]): readonly AloneRate[] {
  return groups(acts, ({ run, act }) => [run.playbook, act.tool, act.effect]).map(
    ([[playbook, tool, effect], all]) => ({
      ...{ playbook, tool, effect },
      ran: all.length,
      error: rateOf(judged(all)),
    }),
  );
}

function confusionOf(runs: readonly EvaluatedRun[]): readonly Confusion[] {
  const labelled = runs.filter(({ expected }) => expected.verdict !== null);
  return groups(labelled, ({ playbook, expected, verdict }) => [
    playbook,
    expected.verdict ?? '',
    verdict === null ? '' : `=${verdict}`,
  ]).map(([[playbook, expected, verdict], all]) => ({
    ...{ playbook, expected },
    verdict: verdict === '' ? null : verdict.slice(1),
    runs: all.length,
  }));
}

function techniquesOf(
  plan: EvaluationPlan,
  attacks: readonly EvaluatedRun[],
  missed: ReadonlySet<EvaluatedRun>,
): readonly TechniqueCoverage[] {
  const ids = new Set([...plan.playbooks.flatMap(({ attack }) => attack), ...attacks.flatMap((run) => run.techniques)]);
  return [...ids].sort().map((id) => ({
    id,
    name: attackEntry(id)?.name ?? null,
    claimedBy: plan.playbooks.filter(({ attack }) => attack.includes(id)).map((one) => one.id),
    detected: rateOf(
      attacks
        .filter(({ techniques }) => techniques.includes(id))
        .map((run) => ({ subject: subjectOf(run), hit: !missed.has(run) })),
    ),
  }));
}

function peopleOf(runs: readonly EvaluatedRun[]): readonly NeededAt[] {
  const all = runs.flatMap((run) => run.people.map((needed) => ({ run, needed })));
  return groups(all, ({ run, needed }) => [run.playbook, needed.step, needed.kind]).map(([[playbook, step], of]) => ({
    ...{ playbook, step },
    kind: of[0]?.needed.kind ?? 'task',
    runs: new Set(of.map(({ run }) => run)).size,
    times: of.length,
    unanswered: of.filter(({ needed }) => isSilence(needed)).length,
    waited: spread(of.map(({ needed }) => needed.waited)),
  }));
}

function isSilence({ outcome }: Needed): boolean {
  return outcome === 'timed-out' || outcome === 'unsatisfied';
}

function blindSpotsOf(attacks: readonly EvaluatedRun[], missed: ReadonlySet<EvaluatedRun>): readonly BlindSpot[] {
  const spots = (['technique', 'entity', 'source'] as const).flatMap((by) => {
    const tagged = attacks.flatMap((run) => namesOf(run, by).map((name) => ({ run, name })));
    return groups(tagged, ({ name }) => [name]).flatMap(([[name], all]): BlindSpot[] => {
      const lost = all.filter(({ run }) => missed.has(run)).map(({ run }) => run);
      if (lost.length === 0) return [];
      const rate = rateOf(all.map(({ run }) => ({ subject: subjectOf(run), hit: missed.has(run) })));
      const cases = [...new Set(lost.map((run) => run.case))];
      return [{ by, name, missed: lost.length, of: all.length, rate, cases }];
    });
  });
  return spots.sort((a, b) => b.missed - a.missed || compare(a.by, b.by) || compare(a.name, b.name));
}

function namesOf(run: EvaluatedRun, by: BlindSpot['by']): readonly string[] {
  switch (by) {
    case 'technique':
      return run.techniques;
    case 'entity':
      return run.entities;
    case 'source':
      return run.source === null ? [] : [run.source];
  }
}

function totalsOf(runs: readonly EvaluatedRun[]): Totals {
  const sum = (number: (run: EvaluatedRun) => number): number => runs.reduce((so, run) => so + number(run), 0);
  const acts = runs.flatMap((run) => run.acts.filter((act) => act.alone));
  const approvals = sum((run) => run.approvals);
  const usd = sum((run) => run.usage.usd);
  const mean = (total: number): number => (runs.length === 0 ? 0 : rounded(total / runs.length));
  return {
    approvals,
    approvalsPerCase: { mean: mean(approvals), most: runs.reduce((most, run) => Math.max(most, run.approvals), 0) },
    waited: spread(runs.map((run) => run.waited)),
    usage: {
      turns: sum((run) => run.usage.turns),
      inputTokens: sum((run) => run.usage.inputTokens),
      outputTokens: sum((run) => run.usage.outputTokens),
      usd: rounded(usd),
    },
    usdPerCase: mean(usd),
    unauthorized: sum((run) => run.unauthorized),
    reviews: sum((run) => run.reviews),
    undone: sum((run) => run.undone),
    alone: acts.length,
    unjudged: acts.filter((act) => act.right === null).length,
    withoutTruth: new Set(runs.filter(({ truth }) => truth === null).map(caseKey)).size,
  };
}

function spread(values: readonly number[]): { readonly median: number; readonly most: number } {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, most: sorted.at(-1) ?? 0 };
}

/** Items by a key of several words, in the order of the keys. */
function groups<T, K extends readonly string[]>(
  items: readonly T[],
  keyOf: (item: T) => readonly [...K],
): readonly (readonly [readonly [...K], readonly T[]])[] {
  const found = new Map<string, { readonly key: readonly [...K]; readonly items: T[] }>();
  for (const item of items) {
    const key = keyOf(item);
    const name = JSON.stringify(key);
    const group = found.get(name) ?? { key, items: [] };
    found.set(name, group);
    group.items.push(item);
  }
  return [...found.values()]
    .sort((a, b) => {
      for (const [at, word] of a.key.entries()) {
        const order = compare(word, b.key[at] ?? '');
        if (order !== 0) return order;
      }
      return 0;
    })
    .map(({ key, items: all }) => [key, all] as const);
}
