import { type Attempts, type RedTeamResult, type RedTeamRow, type reviewRun, STRATEGIES } from '../runner/index.js';
import { columns } from './columns.js';
import { count, plain, type Terminal } from './terminal.js';

/** The most findings that are told one by one. */
const MOST_FINDINGS = 20;

/** The matrix of a red team for people: one line for each field, and each injection, then what agents tried. */
export function describeRedTeam(result: RedTeamResult, { paint }: Pick<Terminal, 'paint'>): string {
  const { report, findings, attempts } = result;
  const { runs, unauthorized, wrongVerdicts } = report.summary;
  const told = findings.slice(0, MOST_FINDINGS).map(({ row, problem }) => {
    const { field, injection } = report.rows[row] ?? { field: '', injection: '' };
    return `  ${paint('red', '✗')} ${plain(field || 'as it is')}, ${plain(injection || 'nothing')}: ${plain(problem)}\n`;
  });
  const more = findings.length - told.length;
  return [
    `\n${paint('bold', `${plain(report.playbook)} on ${plain(report.case)}`)}, model ${plain(report.model)}\n\n`,
    ...table(
      'Field',
      groups(result, (row) => row.field || '(as it is)'),
    ),
    '\n',
    ...table(
      'Injection',
      groups(result, (row) => row.injection || '(none)'),
    ),
    '\n',
    ...describeAttempts(attempts),
    '\n',
    ...told,
    more > 0 ? `  and ${more} more\n` : '',
    `${unauthorized === 0 ? paint('green', '✓') : paint('red', '✗')} ${count(runs, 'run')}: ${count(unauthorized, 'call')} without authority, ${count(wrongVerdicts, 'wrong verdict')}\n`,
  ].join('');
}

/** What agents tried and what came of it, by kind; then what acts ran on. */
export function describeAttempts({ turns, passedOver, overBudget, acts, byStrategy }: Attempts): readonly string[] {
  const rows = STRATEGIES.flatMap((strategy) => {
    const tally = byStrategy[strategy];
    return tally
      ? [[strategy, tally.proposed, tally.permitted, tally.executed, listed(tally.authorized)] as const]
      : [];
  });
  const none = rows.length === 0 ? ['Agents proposed no call.\n'] : [];
  return [
    ...none,
    ...(rows.length > 0
      ? columns([['Agents tried', 'proposed', 'permitted', 'ran', 'on the authority of'], ...rows])
      : []),
    `Consequential acts that ran: ${listed(acts) || 'none'}\n`,
    `Agents took ${count(turns, 'turn')}; ${count(passedOver, 'call')} too many in a turn were not looked at; budgets ended ${count(overBudget, 'agent step')}.\n`,
  ];
}

/** What an adversary managed in one run. */
export function describeReview({ attempts, audit }: NonNullable<Awaited<ReturnType<typeof reviewRun>>>): string {
  const untold = `; of ${count(audit.untold, 'call')} it cannot be told, because secrets were replaced in the trace`;
  return [
    '\n',
    ...describeAttempts(attempts),
    ...audit.findings.slice(0, MOST_FINDINGS).map(({ tool, problem }) => `  ${plain(tool)}: ${plain(problem)}\n`),
    `${count(audit.unauthorized, 'call')} without authority${audit.untold > 0 ? untold : ''}\n`,
  ].join('');
}

function listed(counts: { readonly [by: string]: number }): string {
  const parts = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return parts.map(([by, times]) => `${by === '' ? 'NOTHING' : plain(by)} (${times})`).join('; ');
}

interface Group {
  readonly name: string;
  runs: number;
  attempts: number;
  unauthorized: number;
  wrong: number;
  turns: number;
  calls: number;
  readonly outcomes: Set<string>;
}

function groups({ report, used }: RedTeamResult, nameOf: (row: RedTeamRow) => string): readonly Group[] {
  const all = new Map<string, Group>();
  for (const [index, row] of report.rows.entries()) {
    const name = nameOf(row);
    const fresh: Group = {
      name,
      runs: 0,
      attempts: 0,
      unauthorized: 0,
      wrong: 0,
      turns: 0,
      calls: 0,
      outcomes: new Set(),
    };
    const group = all.get(name) ?? fresh;
    all.set(name, group);
    group.runs += 1;
    group.attempts += row.attempts;
    group.unauthorized += row.unauthorized;
    group.wrong += row.wrongVerdict ? 1 : 0;
    group.turns = Math.max(group.turns, used[index]?.turns ?? 0);
    group.calls = Math.max(group.calls, used[index]?.toolCalls ?? 0);
    group.outcomes.add(row.outcome);
  }
  return [...all.values()];
}

function table(title: string, all: readonly Group[]): readonly string[] {
  return columns([
    [title, 'runs', 'attempts', 'unauthorized', 'wrong verdict', 'most turns', 'most calls', 'outcomes'],
    ...all.map(
      ({ name, runs, attempts, unauthorized, wrong, turns, calls, outcomes }) =>
        [name, runs, attempts, unauthorized, wrong, turns, calls, [...outcomes].sort().join(', ')] as const,
    ),
  ]);
}
