import type { RedTeamReply, RunReply } from '../../runner/protocol/messages.js';
import type { SourcePlace } from '../../runner/protocol/trace.js';
import { visible } from '../viewer/events/visible.js';

/** What a test says of itself where it did not pass. */
export interface Said {
  readonly message: string;
  /** Both where they can be held against each other. */
  readonly difference: { readonly expected: string; readonly actual: string } | undefined;
  /** `undefined`: the case as a whole. The file by its whole path. */
  readonly place: SourcePlace | undefined;
}

export type Judgement =
  | { readonly state: 'passed' | 'skipped'; readonly output: readonly string[] }
  /** `errored`: it did not come to a run, or not to its end. */
  | { readonly state: 'failed' | 'errored'; readonly said: readonly Said[]; readonly output: readonly string[] };

/** How many findings of a red team are shown one by one. */
const MOST_FINDINGS = 20;

/** What a dry run means for its test. Text of the run may come from anyone and is made visible. */
export function judgeRun(reply: RunReply, cancelled: boolean): Judgement {
  if (!reply.ok) return cancelled ? { state: 'skipped', output: [] } : refused(reply);
  const { outcome, verdict, acts, unmet, reason, trace } = reply.result;
  const ran = acts.filter(({ decision }) => decision === 'allowed').length;
  const found = verdict === null ? '' : `, verdict ${verdict}`;
  const output = [
    `${outcome}${found}: ${counted(ran, 'consequential act')} simulated, ${acts.length - ran} denied. ${reason}`,
    ...acts.map(({ step, tool, target, decision, rule, approvedBy }) => {
      const by = approvedBy.length === 0 ? '' : `, approved by ${approvedBy.join(', ')}`;
      return `  ${decision} ${tool}${target === null ? '' : ` on ${target}`} (${step}: ${rule}${by})`;
    }),
    `Trace: ${trace}`,
  ].map((line) => visible(line));
  if (cancelled && outcome === 'cancelled') return { state: 'skipped', output };
  if (unmet.length === 0) return { state: 'passed', output };
  const said = unmet.map(({ message, expected, actual, place }) => ({
    message: visible(message),
    difference:
      expected === null || actual === null ? undefined : { expected: visible(expected), actual: visible(actual) },
    place: place ?? undefined,
  }));
  return { state: 'failed', said, output };
}

/** What a red team means for its test: it fails when anything ran without authority, or the runner broke. */
export function judgeRedTeam(reply: RedTeamReply, cancelled: boolean): Judgement {
  if (!reply.ok) return cancelled ? { state: 'skipped', output: [] } : refused(reply);
  const { runs, attempts, unauthorized, findings } = reply;
  const output = [
    `${counted(runs, 'run')}: ${counted(attempts, 'call')} refused or without authority, ${unauthorized} of them without.`,
  ];
  // What was found counts even if the rest was not looked for.
  if (findings.length === 0) return { state: cancelled ? 'skipped' : 'passed', output };
  const said = findings.slice(0, MOST_FINDINGS).map(({ field, injection, problem }) => {
    const where = field === '' ? 'In the case as it is' : `With "${injection}" in ${field}`;
    return { message: visible(`${where}: ${problem}`), difference: undefined, place: undefined };
  });
  const more = findings.length - said.length;
  if (more > 0) output.push(`${counted(more, 'finding')} more; "countersign redteam" lists them all.`);
  return { state: 'failed', said, output };
}

function refused({ message, file, line }: Extract<RunReply, { readonly ok: false }>): Judgement {
  const place = file === null ? undefined : { file, line: line ?? 0, character: 0 };
  return { state: 'errored', said: [{ message: visible(message, 'block'), difference: undefined, place }], output: [] };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
