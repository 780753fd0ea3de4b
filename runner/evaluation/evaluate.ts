import { basename, join } from 'node:path';
import type { LoadedPlaybook } from '../../language/load.js';
import type { Case } from '../../language/model/case.js';
import type { ModelClient } from '../models/port.js';
import type { Approver, Clock } from '../ports.js';
import { prepareCase } from '../prepare.js';
import { countingIds, openTrace, simulate } from '../redteam/simulation.js';
import { nextTurn } from '../redteam/virtual-clock.js';
import type { Refusal } from '../refusal.js';
import { type EvidenceThreads, eventsOf, evidenceThreads, type KnownTables, knownTables } from '../run-tools.js';
import type { EvaluatedRun } from './evaluated-run.js';
import type { EvaluationFolder } from './folder.js';
import { knownOf, notMade, observed, unreadable } from './observe.js';
import { openSimulatedTrace } from './open-trace.js';
import type { PlannedRun } from './planned.js';

/** What tells a run of an evaluation from all others. */
export type RunName = Pick<EvaluatedRun, 'playbook' | 'case' | 'repeat'>;

export interface EvaluateOptions {
  readonly runs: readonly PlannedRun[];
  /** A fresh model for each run, which is named. */
  readonly model: (
    sample: Case,
    loaded: LoadedPlaybook,
    run: RunName,
  ) => { readonly ok: true; readonly model: ModelClient } | { readonly ok: false; readonly message: string };
  /** Who answers what people are asked; they take their time by `clock`. */
  readonly approver: (sample: Case, clock: Clock) => Approver;
  /** A clock for each run; `idle` resolves when nothing of it goes on but waiting. */
  readonly clock: (idle: () => Promise<void>) => Clock;
  readonly user: string;
  /** No further run is started after it aborts, and those under way end. */
  readonly signal: AbortSignal;
  /** Whether a run costs something, or reaches out: each line of its trace is on disk at once then. */
  readonly paid?: boolean | undefined;
  /** Where runs and their traces are kept; without it they are looked at and forgotten. */
  readonly folder?: EvaluationFolder | undefined;
  /** Runs at the same time: worth it where they wait for a disk or a service. */
  readonly parallel: number;
  /** Told before the first run how many there are, and after each how many are through. */
  readonly onProgress?: (done: number, of: number) => void;
}

/**
 * Makes the runs of an evaluation, those that `folder` has already left out, and gives all of them. A run that cannot start, or
 * breaks, is one that does not pass. Rejects when the folder cannot be written.
 */
export async function evaluate(options: EvaluateOptions): Promise<readonly EvaluatedRun[]> {
  const { runs, folder, signal, onProgress } = options;
  const before = new Set((folder?.made ?? []).map(keyOf));
  const left = runs.filter((run) => !before.has(keyOf(namesOf(run))));
  const done: EvaluatedRun[] = [...(folder?.made ?? [])];
  const threads = evidenceThreads();
  const tables = knownTables();
  let next = 0;
  onProgress?.(done.length, runs.length);
  const work = async (): Promise<void> => {
    for (let run = left[next++]; run && !signal.aborted; run = left[next++]) {
      const made = await makeRun(options, run, threads, tables);
      // What was cut off by whoever stopped it, however it ended, says nothing of the playbook: it is made again.
      if (signal.aborted) return;
      await folder?.add(made);
      done.push(made);
      onProgress?.(done.length, runs.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, options.parallel) }, work));
  } finally {
    await threads.close();
  }
  return done;
}

function namesOf({ playbook, caseId, repeat }: PlannedRun): RunName {
  return { playbook: playbook.loaded.playbook.id?.value ?? '', case: caseId, repeat };
}

function keyOf({ playbook, case: sample, repeat }: RunName): string {
  return `${playbook} ${sample} ${repeat}`;
}

async function makeRun(
  options: EvaluateOptions,
  planned: PlannedRun,
  threads: EvidenceThreads,
  tables: KnownTables,
): Promise<EvaluatedRun> {
  const { folder, signal, user, approver, clock } = options;
  const names = namesOf(planned);
  const ids = countingIds(`${names.playbook}-${names.case}-${names.repeat}`);
  const file = join('traces', names.playbook, `${names.case}-${names.repeat}.trace.jsonl`);
  const prepared = prepareCase(planned.playbook, {
    casePath: planned.casePath,
    tracePath: folder ? folder.freshFile(file) : basename(file),
    model: (sample, loaded) => options.model(sample, loaded, names),
    ...{ clock: clock(nextTurn), ids, ignoresBreaker: true, holdsOut: true },
  });
  const none = {
    ...unreadable(names.playbook, names.case, names.repeat),
    ...(planned.feedback ? { feedback: true as const } : {}),
  };
  if ('ok' in prepared) return notMade(none, 'refused', withoutPath(prepared));
  const known = knownOf(prepared, names.repeat, folder ? file.replaceAll('\\', '/') : null);
  const events = eventsOf(prepared.sample.case, tables);
  if ('ok' in events) return notMade(known, 'refused', withoutPath(events));
  try {
    const open = folder && (options.paid ? openTrace : openSimulatedTrace);
    const simulated = await simulate(prepared, {
      clock,
      user,
      signal,
      events,
      threads,
      approver,
      ids,
      openTrace: open,
    });
    return observed(known, prepared, simulated);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return notMade(known, 'fault', `A fault inside Countersign: ${what}`);
  }
}

/** The same on every machine: shards are put together. */
function withoutPath({ message, file }: Refusal): string {
  return file === null ? message : message.replaceAll(file, basename(file));
}
