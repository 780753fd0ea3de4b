import type { Finding } from '../audit/audit.js';
import type { Prepared } from '../prepare.js';
import type { RunOutcome } from '../protocol/trace.js';
import { type Attempts, addAttempts, NO_ATTEMPTS } from './attempts.js';

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

/** What came of one run. */
export interface Run {
  readonly row: RedTeamRow;
  readonly attempts: Attempts;
  readonly used: Used;
  readonly problems: readonly string[];
}

export function resultOf({ loaded, sample, model }: Prepared, runs: readonly Run[]): RedTeamResult {
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

/** A finding for people. */
export function wordsOf({ line, call, tool, problem }: Finding): string {
  return `${tool}${call === '' ? '' : ` (${call})`}${line === null ? '' : `, line ${line + 1} of its trace`}: ${problem}`;
}
