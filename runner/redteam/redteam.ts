import { join } from 'node:path';
import type { LoadedPlaybook } from '../../language/load.js';
import { alertProblem } from '../../language/load-case.js';
import type { Case } from '../../language/model/case.js';
import { denyingApprover } from '../approvers/deny.js';
import { scriptedApprover } from '../approvers/scripted.js';
import type { ModelClient } from '../models/port.js';
import type { Approver, Clock, Ids } from '../ports.js';
import { type Prepared, prepare, triggerProblem } from '../prepare.js';
import type { Refusal } from '../refusal.js';
import { type EvidenceData, eventsOf, type RunTools } from '../run-tools.js';
import { canonical, plainJson } from '../trace/canonical.js';
import { attemptsOf, NO_ATTEMPTS } from './attempts.js';
import { type Field, fieldsOf, type Outside, placed } from './fields.js';
import type { Injection } from './injections.js';
import { approvingPeople } from './people.js';
import { type RedTeamResult, type RedTeamRow, type Run, resultOf, type Used, wordsOf } from './report.js';
import { countingIds, openFor, openTrace, simulate } from './simulation.js';
import { nextTurn } from './virtual-clock.js';

/** Who answers what people are asked. */
export const PEOPLE = ['case', 'deny', 'approve-all'] as const;
export type People = (typeof PEOPLE)[number];

export interface RedTeamOptions {
  readonly playbookPath: string;
  readonly casePath: string;
  readonly injections: readonly Injection[];
  /** A fresh model for each run; each run has a seed of its own. */
  readonly model: (
    sample: Case,
    loaded: LoadedPlaybook,
    seed: number,
  ) => { readonly ok: true; readonly model: ModelClient } | { readonly ok: false; readonly message: string };
  readonly seed: number;
  readonly people: People;
  /** A clock for each run; `idle` resolves when nothing of it goes on but waiting. */
  readonly clock: (idle: () => Promise<void>) => Clock;
  readonly ids: Ids;
  readonly user: string;
  /** No further run is started after it aborts. */
  readonly signal: AbortSignal;
  /** Folder for a trace of each run, on disk and chained; without it they are kept in memory while they are looked at. */
  readonly traces?: string | undefined;
  /** Runs at the same time. */
  readonly parallel: number;
  /** Told before the first run how many there are, and after each how many are through. */
  readonly onProgress?: (done: number, of: number) => void;
  /** Which runs are made, of so many: every `stride`-th from the one numbered `offset`. All unless given. */
  readonly part?: (of: number) => Part;
}

export interface Part {
  readonly offset: number;
  readonly stride: number;
}

/**
 * Runs a playbook over a case once as it is, and once for each injection in each field that comes from outside. Whether
 * what went ahead was allowed to is judged by the audit, from the trace and from what reached the tools. Never rejects.
 */
export async function runRedTeam(options: RedTeamOptions): Promise<RedTeamResult | Refusal> {
  const { seed, signal, onProgress } = options;
  const { playbookPath, casePath, ids } = options;
  const prepared = prepare({
    ...{ playbookPath, casePath, ids },
    clock: options.clock(nextTurn),
    tracePath: 'unused',
    ignoresBreaker: true,
    model: (sample, loaded) => options.model(sample, loaded, seed),
  });
  if ('ok' in prepared) return prepared;
  const events = eventsOf(prepared.sample.case);
  if ('ok' in events) return events;
  const outside: Outside = { alert: prepared.alert.value, case: prepared.sample.case, events };
  const tools = await openFor(prepared, events, options.signal);
  if ('ok' in tools) return tools;
  const shared: World = { events, tools };
  const fields = fieldsOf(outside);
  const all = 1 + fields.length * options.injections.length;
  const { offset, stride } = options.part?.(all) ?? { offset: 0, stride: 1 };
  const count = Math.max(0, Math.ceil((all - offset) / stride));
  const done: Run[] = [];
  let next = 0;
  let through = 0;
  onProgress?.(0, count);
  const work = async (): Promise<void> => {
    while (next < count && !signal.aborted) {
      const at = next++;
      const number = offset + at * stride;
      const variant = variantOf(outside, fields, options.injections, number);
      done[at] = await runOne(options, prepared, variant, shared, number);
      onProgress?.(++through, count);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, options.parallel) }, work));
  } finally {
    await tools.close();
  }
  return resultOf(
    prepared,
    done.filter((run) => run !== undefined),
  );
}

interface Variant {
  readonly field: Field | undefined;
  readonly injection: Injection | undefined;
  readonly outside: Outside;
}

function variantOf(
  outside: Outside,
  fields: readonly Field[],
  injections: readonly Injection[],
  index: number,
): Variant {
  const field = fields[Math.floor((index - 1) / injections.length)];
  const injection = injections[(index - 1) % injections.length];
  if (index === 0 || !field || !injection) return { field: undefined, injection: undefined, outside };
  return { field, injection, outside: placed(outside, field, injection.text) };
}

/** Event data, and what answers from it. */
interface World {
  readonly events: EvidenceData;
  readonly tools: RunTools;
}

const UNUSED: Used = { turns: 0, toolCalls: 0 };

async function runOne(
  options: RedTeamOptions,
  base: Prepared,
  variant: Variant,
  shared: World,
  index: number,
): Promise<Run> {
  const names = { field: variant.field?.name ?? '', injection: variant.injection?.id ?? '' };
  const nothing = (outcome: RedTeamRow['outcome'], problems: readonly string[]): Run => ({
    row: { ...names, outcome, attempts: 0, unauthorized: 0, wrongVerdict: false },
    attempts: NO_ATTEMPTS,
    used: UNUSED,
    problems,
  });
  try {
    const prepared = preparedWith(options, base, variant, index);
    if (!prepared) return nothing('refused', []);
    const { events } = variant.outside;
    const { result, lines, world, audit } = await simulate(prepared, {
      ...{ clock: options.clock, user: options.user, signal: options.signal },
      ...{ events, tools: events === shared.events ? shared.tools : undefined },
      approver: (sample) => peopleOf(options.people, sample),
      ids: countingIds(index),
      openTrace: options.traces === undefined ? undefined : openTrace,
    });
    const attempts = attemptsOf(lines, world, audit);
    const expected = prepared.sample.case.expect?.verdict;
    const verdict = typeof result.verdict === 'string' ? result.verdict : canonical(plainJson(result.verdict));
    const total = lines.findLast((line) => line.event === 'budget' && line.step === null);
    return {
      row: {
        ...names,
        outcome: result.outcome,
        attempts: attempts.refused + audit.unauthorized,
        unauthorized: audit.unauthorized,
        wrongVerdict: expected !== undefined && verdict !== expected,
      },
      attempts,
      used: total?.event === 'budget' ? { turns: total.data.turns, toolCalls: total.data.toolCalls } : UNUSED,
      problems: audit.findings.map(wordsOf),
    };
  } catch (error) {
    return nothing('fault', [`A fault inside Countersign: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

/** What the run is started with; `undefined` where it is refused, as `countersign run` would. */
function preparedWith(
  options: RedTeamOptions,
  base: Prepared,
  { field, injection, outside }: Variant,
  index: number,
): Prepared | undefined {
  const { loaded, sample, alert, inputs, texts } = base;
  if (alertProblem(outside.alert, loaded.playbook.trigger?.class?.value) !== undefined) return undefined;
  if (triggerProblem(loaded, outside.alert, inputs) !== undefined) return undefined;
  const model = options.model(outside.case, loaded, options.seed + index);
  if (!model.ok) throw new Error(model.message);
  const run = options.ids.next('run');
  // The digests of the trace are of what was used: the changed alert, and the case with what was changed named after it.
  const change = field && injection ? `\n${canonical({ field: field.name, text: plainJson(injection.text) })}` : '';
  return {
    ...base,
    run,
    model: model.model,
    alert: { ...alert, value: outside.alert, text: field ? JSON.stringify(outside.alert) : alert.text },
    sample: { ...sample, case: outside.case },
    texts: new Map(texts).set(sample.uri, sample.text + change),
    tracePath: join(options.traces ?? '', `${String(index).padStart(6, '0')}.trace.jsonl`),
  };
}

/** Who answers in one case; `pace`: by which clock they take their time. */
export function peopleOf(people: People, sample: Case, pace?: Clock): Approver {
  switch (people) {
    case 'case':
      return scriptedApprover(sample, undefined, pace);
    case 'deny':
      return denyingApprover();
    case 'approve-all':
      return approvingPeople();
  }
}
