import type { Expectation } from '../language/model/case.js';
import type { RunResult } from './protocol/result.js';

/** What a case's author expected and did not happen, as sentences; empty when all of it did. */
export function unmetExpectations(
  expected: Expectation | undefined,
  { verdict, outcome, acts }: Pick<RunResult, 'verdict' | 'outcome' | 'acts'>,
): readonly string[] {
  if (!expected) return [];
  const unmet: string[] = [];
  if (expected.verdict !== undefined && expected.verdict !== verdict) {
    unmet.push(`The verdict was to be "${expected.verdict}" and is ${verdict === null ? 'none' : `"${verdict}"`}.`);
  }
  if (expected.outcome !== undefined && expected.outcome !== outcome) {
    unmet.push(`The outcome was to be "${expected.outcome}" and is "${outcome}".`);
  }
  const executed = new Set(acts.filter((act) => act.executed).map((act) => act.tool));
  for (const tool of expected.mustAct) if (!executed.has(tool)) unmet.push(`${tool} was to run and did not.`);
  for (const tool of expected.mustNotAct) if (executed.has(tool)) unmet.push(`${tool} was not to run and did.`);
  return unmet;
}
