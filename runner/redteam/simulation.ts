import type { Case } from '../../language/model/case.js';
import { type Audit, type AuditWorld, auditRun, type Reached } from '../audit/audit.js';
import { runEngine } from '../engine/engine.js';
import type { OpenedTrace } from '../evaluation/open-trace.js';
import type { ModelClient } from '../models/port.js';
import type { Approver, Clock, Ids } from '../ports.js';
import type { Prepared } from '../prepare.js';
import type { TraceLine } from '../protocol/trace.js';
import type { Refusal } from '../refusal.js';
import { partsOf, toolsOf } from '../run.js';
import type { EvidenceData, EvidenceThreads, RunTools } from '../run-tools.js';
import { systemClock } from '../system.js';
import type { ToolHost } from '../tools/port.js';
import { openJournal } from '../trace/journal.js';
import { memoryJournal } from './memory-journal.js';
import { watched, worldOf } from './review.js';
import { nextTurn } from './virtual-clock.js';

/** One run of many, of which each is looked at once it is over. */
export interface Simulation {
  /** A clock for the run; `idle` resolves when nothing of it goes on but waiting. */
  readonly clock: (idle: () => Promise<void>) => Clock;
  readonly user: string;
  readonly signal: AbortSignal;
  /** The event data of the case. */
  readonly events: EvidenceData;
  /** What answers from that data, where it is open already; whoever opened it closes it. */
  readonly tools?: RunTools | undefined;
  /** Where threads for event data come from, where `tools` are not given. */
  readonly threads?: EvidenceThreads | undefined;
  /** People take their time by `clock`, the run's own. */
  readonly approver: (sample: Case, clock: Clock) => Approver;
  readonly ids: Ids;
  /** Opens its trace on disk; without it the trace is kept in memory while it is looked at. */
  readonly openTrace?: ((path: string, run: string, clock: Clock) => Promise<OpenedTrace>) | undefined;
}

export interface Simulated {
  readonly result: Awaited<ReturnType<typeof runEngine>>;
  readonly lines: readonly TraceLine[];
  readonly world: AuditWorld;
  readonly audit: Audit;
}

/**
 * Makes a run and audits it, from its trace and from what reached the tools.
 *
 * @throws what keeps a run from being made at this point: a trace that cannot be written, events that cannot be opened
 */
export async function simulate(prepared: Prepared, simulation: Simulation): Promise<Simulated> {
  const { events, signal } = simulation;
  const busy = new Set<Promise<unknown>>();
  const clock = simulation.clock(() => idle(busy));
  const tools = simulation.tools ?? (await openFor(prepared, events, signal, simulation.threads));
  if ('ok' in tools) throw new Error(tools.message);
  try {
    const host = tools.hostFor(prepared.sample.case);
    const opened = await simulation.openTrace?.(prepared.tracePath, prepared.run, clock);
    if (opened && !opened.ok) throw new Error(opened.message);
    const lines: TraceLine[] = [];
    opened?.journal.onLine((line) => lines.push(line));
    const memory = memoryJournal(prepared.run, clock);
    const approver = (sample: Case): Approver => simulation.approver(sample, clock);
    const parts = partsOf({ ...simulation, clock, approver }, prepared, opened?.journal ?? memory, tools);
    const reached: Reached[] = [];
    try {
      const result = await runEngine({
        ...parts,
        model: busyModel(parts.model, busy),
        host: busyHost(watched(host, reached), busy),
      });
      const world: AuditWorld = { ...worldOf(prepared), reached };
      const seen = opened ? lines : memory.kept;
      return { result, lines: seen, world, audit: auditRun(seen, world) };
    } finally {
      await opened?.journal.close();
    }
  } finally {
    if (tools !== simulation.tools) await tools.close();
  }
}

/** Opens a trace whose lines are on disk as those of any run. */
export async function openTrace(path: string, run: string, clock: Clock): Promise<OpenedTrace> {
  return openJournal(path, { run, clock });
}

/** What answers the calls of a run, from event data in a thread of its own, by the clock of this machine. */
export function openFor(
  prepared: Prepared,
  events: EvidenceData,
  signal: AbortSignal,
  threads?: EvidenceThreads,
): Promise<RunTools | Refusal> {
  return toolsOf({ clock: systemClock, live: undefined, signal }, prepared, events, threads);
}

/** The same of a model: simulated time stands still while it thinks. */
function busyModel(model: ModelClient, busy: Set<Promise<unknown>>): ModelClient {
  return {
    ...model,
    complete(request, signal) {
      const answer = model.complete(request, signal);
      busy.add(answer);
      const done = (): boolean => busy.delete(answer);
      answer.then(done, done);
      return answer;
    },
  };
}

/** Keeps in `busy` what has not been answered yet. */
function busyHost(host: ToolHost, busy: Set<Promise<unknown>>): ToolHost {
  return {
    call(request, signal) {
      const answer = host.call(request, signal);
      busy.add(answer);
      const done = (): boolean => busy.delete(answer);
      answer.then(done, done);
      return answer;
    },
  };
}

/** Resolves when whatever goes on has gone on, and no tool is being waited for that answers in its own time. */
async function idle(busy: ReadonlySet<Promise<unknown>>): Promise<void> {
  await nextTurn();
  while (busy.size > 0) {
    await Promise.allSettled(busy);
    await nextTurn();
  }
}

/** Ids that can be told again. Nothing but a simulation may use them. */
export function countingIds(run: number | string): Ids {
  let count = 0;
  return { next: (prefix) => `${prefix}-${run}-${++count}` };
}
