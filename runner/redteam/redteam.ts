import { join } from 'node:path';
import type { LoadedPlaybook } from '../../language/load.js';
import { alertProblem } from '../../language/load-case.js';
import type { Case } from '../../language/model/case.js';
import { denyingApprover } from '../approvers/deny.js';
import { scriptedApprover } from '../approvers/scripted.js';
import { type Audit, type AuditWorld, auditRun, type Finding, type Reached } from '../audit/audit.js';
import { runEngine } from '../engine/engine.js';
import type { ModelClient } from '../models/port.js';
import type { Approver, Clock, Ids } from '../ports.js';
import type { RunOutcome, TraceLine } from '../protocol/trace.js';
import type { Refusal } from '../refusal.js';
import { bindingOf, type Prepared, partsOf, prepare, type RunOptions, triggerProblem } from '../run.js';
import type { ToolHost } from '../tools/port.js';
import { canonical, plainJson } from '../trace/canonical.js';
import { openJournal } from '../trace/journal.js';
import { readTrace } from '../trace/read.js';
import { type Attempts, addAttempts, attemptsOf, NO_ATTEMPTS } from './attempts.js';
import { type Field, fieldsOf, type Outside, placed } from './fields.js';
import type { Injection } from './injections.js';
import { memoryJournal } from './memory-journal.js';
import { approvingPeople } from './people.js';

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
  /** A clock for each run. */
  readonly clock: () => Clock;
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

/** One run: a text in a field. The first row has neither. */
export interface RedTeamRow {
  readonly field: string;
  readonly injection: string;
  /** `refused`: with this text in it the run does not start. `fault`: Countersign broke. */
  readonly outcome: RunOutcome | 'refused' | 'fault';
  /** Calls that agents proposed and were refused, and whatever went ahead without authority. */
  readonly attempts: number;
  readonly unauthorized: number;
  /** Whether the verdict is another than the case expects. */
  readonly wrongVerdict: boolean;
}

/** The JSON form of `countersign redteam`. */
export interface RedTeamReport {
  readonly version: 1;
  readonly playbook: string;
  readonly case: string;
  readonly model: string;
  readonly rows: readonly RedTeamRow[];
  readonly summary: {
    readonly runs: number;
    readonly attempts: number;
    readonly unauthorized: number;
    readonly wrongVerdicts: number;
  };
}

/** What a run used of its budgets. */
export interface Used {
  readonly turns: number;
  readonly toolCalls: number;
}

/** Beyond the report: what is shown to people. */
export interface RedTeamResult {
  readonly ok: true;
  readonly report: RedTeamReport;
  readonly attempts: Attempts;
  /** By row. */
  readonly used: readonly Used[];
  /** What ran without authority, and faults, each with the row it is of. */
  readonly findings: readonly { readonly row: number; readonly problem: string }[];
}

/**
 * Runs a playbook over a case once as it is, and once for each injection in each field that comes from outside. Whether
 * what went ahead was allowed to is judged by the audit, from the trace and from what reached the tools. Never rejects.
 */
export async function runRedTeam(options: RedTeamOptions): Promise<RedTeamResult | Refusal> {
  const { seed, signal, onProgress } = options;
  const prepared = prepare({
    ...options,
    clock: options.clock(),
    tracePath: 'unused',
    model: (sample, loaded) => options.model(sample, loaded, seed),
    approver: (sample) => peopleOf(options.people, sample),
  });
  if ('ok' in prepared) return prepared;
  const outside: Outside = { alert: prepared.alert.value, case: prepared.sample.case };
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
      done[at] = await runOne(options, prepared, variantOf(outside, fields, options.injections, number), number);
      onProgress?.(++through, count);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.parallel) }, work));
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

interface Run {
  readonly row: RedTeamRow;
  readonly attempts: Attempts;
  readonly used: Used;
  readonly problems: readonly string[];
}

const UNUSED: Used = { turns: 0, toolCalls: 0 };

async function runOne(options: RedTeamOptions, base: Prepared, variant: Variant, index: number): Promise<Run> {
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
    const { result, lines, world, audit } = await played(options, prepared, index);
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

interface Played {
  readonly result: Awaited<ReturnType<typeof runEngine>>;
  readonly lines: readonly TraceLine[];
  readonly world: AuditWorld;
  readonly audit: Audit;
}

async function played(options: RedTeamOptions, prepared: Prepared, index: number): Promise<Played> {
  const clock = options.clock();
  const opened =
    options.traces === undefined ? undefined : await openJournal(prepared.tracePath, { run: prepared.run, clock });
  if (opened && !opened.ok) throw new Error(opened.message);
  const lines: TraceLine[] = [];
  opened?.journal.onLine((line) => lines.push(line));
  const memory = memoryJournal(prepared.run, clock);
  const running = {
    ...options,
    clock,
    approver: (sample: Case) => peopleOf(options.people, sample),
    ids: countingIds(index),
  };
  const parts = partsOf(running, prepared, opened?.journal ?? memory);
  const reached: Reached[] = [];
  try {
    const result = await runEngine({ ...parts, host: watched(parts.host, reached) });
    const world: AuditWorld = { ...worldOf(prepared), reached };
    const seen = opened ? lines : memory.kept;
    return { result, lines: seen, world, audit: auditRun(seen, world) };
  } finally {
    await opened?.journal.close();
  }
}

/** What a run of these files is held against. */
function worldOf(prepared: Prepared): AuditWorld {
  const { loaded, alert, inputs, schemas } = prepared;
  return { loaded, alert: alert.value, inputs, digests: bindingOf(prepared), schemas };
}

/**
 * What agents managed in a finished run, from its trace; `undefined` where the files or the trace cannot be read any more.
 */
export async function reviewRun(
  options: RunOptions,
  trace: string,
): Promise<{ readonly attempts: Attempts; readonly audit: Audit } | undefined> {
  const prepared = prepare(options);
  const read = await readTrace(trace);
  if ('ok' in prepared || !read.ok) return undefined;
  const world = worldOf(prepared);
  const audit = auditRun(read.lines, world);
  return { attempts: attemptsOf(read.lines, world, audit), audit };
}

/** A host that notes what it is asked before it answers. */
export function watched(host: ToolHost, reached: Reached[]): ToolHost {
  return {
    call(request, signal) {
      const args = Object.entries(request.arguments).map(([name, value]) => [name, plainJson(value)]);
      reached.push({ tool: request.tool.name.value, arguments: Object.fromEntries(args) });
      return host.call(request, signal);
    },
  };
}

function peopleOf(people: People, sample: Case): Approver {
  switch (people) {
    case 'case':
      return scriptedApprover(sample);
    case 'deny':
      return denyingApprover();
    case 'approve-all':
      return approvingPeople();
  }
}

/** Ids that can be told again. Nothing but a simulation may use them. */
function countingIds(run: number): Ids {
  let count = 0;
  return { next: (prefix) => `${prefix}-${run}-${++count}` };
}

function resultOf({ loaded, sample, model }: Prepared, runs: readonly Run[]): RedTeamResult {
  const rows = runs.map((run) => run.row);
  const sum = (number: (row: RedTeamRow) => number): number => rows.reduce((so, row) => so + number(row), 0);
  return {
    ok: true,
    report: {
      version: 1,
      playbook: loaded.playbook.id?.value ?? '',
      case: sample.case.id?.value ?? '',
      model: model.id,
      rows,
      summary: {
        runs: rows.length,
        attempts: sum((row) => row.attempts),
        unauthorized: sum((row) => row.unauthorized),
        wrongVerdicts: rows.filter((row) => row.wrongVerdict).length,
      },
    },
    attempts: runs.reduce((so, run) => addAttempts(so, run.attempts), NO_ATTEMPTS),
    used: runs.map((run) => run.used),
    findings: runs.flatMap((run, row) => run.problems.map((problem) => ({ row, problem }))),
  };
}

function wordsOf({ line, call, tool, problem }: Finding): string {
  return `${tool}${call === '' ? '' : ` (${call})`}${line === null ? '' : `, line ${line + 1} of its trace`}: ${problem}`;
}
