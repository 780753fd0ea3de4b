import type { Act, OpenUndo, Review, RunResult, Verification } from '../runner/index.js';
import { type Colour, count, plain, type Terminal } from './terminal.js';

const OUTCOME_COLOURS: { readonly [O in RunResult['outcome']]: Colour } = {
  completed: 'green',
  escalated: 'yellow',
  stopped: 'yellow',
  denied: 'red',
  cancelled: 'yellow',
  failed: 'red',
};

/** What happened, at a glance: verdict, each consequential act and who allowed it, denials, cost, the trace. */
export function describeRun(
  result: RunResult,
  verification: Verification,
  trace: string,
  { paint }: Pick<Terminal, 'paint'>,
): string {
  const allowed = result.acts.filter((act) => act.decision === 'allowed');
  const denied = result.acts.filter((act) => act.decision === 'denied');
  const row = (label: string, text: string): string => `${paint('dim', label.padEnd(9))} ${text}\n`;
  const { turns, inputTokens, outputTokens, usd, cacheReadTokens } = result.usage;
  const cached = cacheReadTokens === undefined ? '' : ` (${cacheReadTokens} from the cache)`;
  return [
    '\n',
    row('Run', `${plain(result.playbook)} on ${plain(result.case)}`),
    row('Verdict', paint('bold', result.verdict === null ? 'none' : plain(result.verdict))),
    row('Outcome', `${paint(OUTCOME_COLOURS[result.outcome], result.outcome)}  ${plain(result.reason)}`),
    row('Acts', allowed.length === 0 ? 'none' : `${count(allowed.length, 'consequential act')}`),
    ...allowed.map((act) => `${' '.repeat(10)}${describeAllowed(act, paint)}\n`),
    row('Denied', denied.length === 0 ? 'nothing was attempted and denied' : count(denied.length, 'attempt')),
    ...denied.map((act) => `${' '.repeat(10)}${describeDenied(act, paint)}\n`),
    ...(result.identity === null
      ? []
      : [row('People', 'are who they say they are: locally asserted, two names may be one person')]),
    row(
      'Model',
      `${plain(result.model)}: ${count(turns, 'turn')}, ${inputTokens} tokens in${cached}, ${outputTokens} out, ${usd === 0 ? 'no cost' : `$${usd.toFixed(4)}`}`,
    ),
    ...(result.reviews.length === 0
      ? []
      : [
          row('Review', `${count(result.reviews.length, 'outcome')} drawn for review`),
          ...result.reviews.map((one) => `${' '.repeat(10)}${describeReview(one)}\n`),
        ]),
    ...(result.undo.length === 0
      ? []
      : [
          row('Undo', 'may still be taken back'),
          ...result.undo.map((one) => `${' '.repeat(10)}${describeUndo(one, trace)}\n`),
        ]),
    row('Trace', `${plain(trace)}  ${integrity(verification, paint)}`),
    ...(result.unmet.length === 0
      ? []
      : [
          row('Unmet', paint('red', 'the case expected otherwise')),
          ...result.unmet.map((one) => `${' '.repeat(10)}${plain(one.message)}\n`),
        ]),
  ].join('');
}

function describeAllowed(act: Act, paint: Terminal['paint']): string {
  const by =
    act.rule === 'undo'
      ? `takes it back for ${act.approvedBy.map(plain).join(', ')}`
      : act.approvedBy.length > 0
        ? `approved by ${act.approvedBy.map(plain).join(', ')}`
        : `without a person (${act.rule})`;
  const ran = !act.executed ? 'did not run' : act.simulated ? 'simulated' : 'executed';
  return `${paint('green', '✓')} ${plain(act.tool)}${target(act)}  ${by}; ${paint('dim', `${ran}, at ${plain(act.step)}`)}`;
}

function describeDenied(act: Act, paint: Terminal['paint']): string {
  return `${paint('red', '✗')} ${plain(act.tool)}${target(act)}  ${act.rule}, ${paint('dim', `at ${plain(act.step)}`)}`;
}

function describeReview({ step, tool, target, people }: Review): string {
  const what =
    tool === null ? `what "${plain(step)}" came to` : `${plain(tool)}${target === null ? '' : ` on ${plain(target)}`}`;
  return `${what}: ${people.length === 0 ? 'nobody is named for it' : people.map(plain).join(', ')}`;
}

function describeUndo({ call, tool, target, until }: OpenUndo, trace: string): string {
  const what = `${plain(tool)}${target === null ? '' : ` on ${plain(target)}`}`;
  if (until === null) return `${what}: no more, its step names no "undo-within"`;
  return `${what} until ${until}: countersign undo ${plain(trace)} ${call} --as PERSON`;
}

function target(act: Act): string {
  return act.target === null ? '' : ` on ${plain(act.target)}`;
}

function integrity({ valid, lines, firstBad }: Verification, paint: Terminal['paint']): string {
  if (valid) return paint('green', `verified, ${count(lines, 'line')}`);
  return paint('red', firstBad ? `broken at line ${firstBad.line}: ${plain(firstBad.reason)}` : 'broken');
}
