import type { LoadedCase } from '../language/load-case.js';
import type { ExpectedDecision } from '../language/model/case.js';
import type { Policy } from '../language/model/policy.js';
import { get, type Node } from '../language/syntax/tree.js';
import type { Decision } from './decisions.js';
import { pathOf } from './node-files.js';
import type { RunResult, Unmet } from './protocol/result.js';

/** What came of a run, as far as a case can expect something of it. */
export interface CameAbout extends Pick<RunResult, 'verdict' | 'outcome' | 'acts' | 'reason'> {
  readonly decisions: readonly Decision[];
  /** The policy it ran under, which says who holds which role. */
  readonly policy: Pick<Policy, 'roles'> | undefined;
}

/** What a case's author expected and did not happen; empty when all of it did. A run that fails must be expected. */
export function unmetExpectations(
  sample: Pick<LoadedCase, 'case' | 'tree' | 'lines' | 'uri'>,
  { verdict, outcome, acts, reason, decisions, policy }: CameAbout,
): readonly Unmet[] {
  const expected = sample.case.expect;
  const written = get(sample.tree.root, 'expect');
  const placeOf = (node: Node | undefined): Unmet['place'] => {
    if (!node) return null;
    const { line, character } = sample.lines.positionAt(node.range.start);
    return { file: pathOf(sample.uri) ?? sample.uri, line, character };
  };
  /** The name of a tool in `acts`, where the case says something of it. */
  const actNode = (key: string, tool: string): Node | undefined => {
    const list = get(get(written, 'acts'), key);
    if (list?.kind !== 'list') return list;
    return list.items.find((item) => item?.kind === 'scalar' && item.text === tool) ?? list;
  };
  const unmet: Unmet[] = [];
  if (expected?.verdict !== undefined && expected.verdict !== verdict) {
    unmet.push({
      message: `The verdict was to be "${expected.verdict}" and is ${verdict === null ? 'none' : `"${verdict}"`}.`,
      expected: expected.verdict,
      actual: verdict ?? 'none',
      place: placeOf(get(written, 'verdict')),
    });
  }
  if (expected?.outcome !== undefined && expected.outcome !== outcome) {
    unmet.push({
      message: `The outcome was to be "${expected.outcome}" and is "${outcome}".`,
      expected: expected.outcome,
      actual: outcome,
      place: placeOf(get(written, 'outcome')),
    });
  }
  if (expected?.outcome === undefined && outcome === 'failed') {
    const message = `The run failed, which the case does not say it should: ${reason}`;
    unmet.push({ message, expected: null, actual: null, place: placeOf(written) });
  }
  const executed = new Set(acts.filter((act) => act.executed).map((act) => act.tool));
  for (const tool of expected?.mustAct ?? []) {
    if (executed.has(tool)) continue;
    const place = placeOf(actNode('must', tool));
    unmet.push({ message: `${tool} was to run and did not.`, expected: null, actual: null, place });
  }
  for (const tool of expected?.mustNotAct ?? []) {
    if (!executed.has(tool)) continue;
    const place = placeOf(actNode('must-not', tool));
    unmet.push({ message: `${tool} was not to run and did.`, expected: null, actual: null, place });
  }
  for (const [index, wanted] of (expected?.decided ?? []).entries()) {
    const there = decisions.filter(({ at }) => at === wanted.at.value);
    if (there.some((one) => isAsWanted(one, wanted, policy))) continue;
    const list = get(written, 'decided');
    unmet.push({
      message: `${wantedWords(wanted)}, and ${there.length === 0 ? 'nobody decided there' : there.map(({ by, decision }) => `${by} ${DECIDED[decision]}`).join(', ')}.`,
      expected: null,
      actual: null,
      place: placeOf(list?.kind === 'list' ? list.items[index] : list),
    });
  }
  return unmet;
}

function isAsWanted(
  { by, decision }: Decision,
  wanted: ExpectedDecision,
  policy: Pick<Policy, 'roles'> | undefined,
): boolean {
  if (wanted.by !== undefined && wanted.by !== by) return false;
  if (wanted.decision !== undefined && wanted.decision !== decision) return false;
  if (wanted.role === undefined) return true;
  return policy?.roles.get(wanted.role)?.some((person) => person.value === by) ?? false;
}

function wantedWords({ at, role, by, decision }: ExpectedDecision): string {
  const who = by ?? (role === undefined ? 'Somebody' : `A person with the role "${role}"`);
  return `${who} was to ${decision === undefined ? 'decide' : TO_DECIDE[decision]} at "${at.value}"`;
}

const TO_DECIDE = {
  approve: 'approve',
  reject: 'reject',
  modify: 'change a call',
  escalate: 'hand the question on',
  end: 'end the run',
  done: 'do the task',
} as const satisfies { [D in NonNullable<ExpectedDecision['decision']>]: string };

const DECIDED = {
  approve: 'approved',
  reject: 'rejected',
  modify: 'changed a call',
  escalate: 'handed the question on',
  end: 'ended the run',
  done: 'did the task',
} as const satisfies { [D in Decision['decision']]: string };
