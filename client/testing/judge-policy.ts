import type { TestedPolicy, TestedPolicyFile } from '../../runner/protocol/policy-tests.js';
import type { SourcePlace } from '../../runner/protocol/trace.js';
import { visible } from '../viewer/events/visible.js';
import type { Said } from './judge.js';

/** What a test of a policy says of itself where it did not pass, with what decided. */
export interface PolicySaid extends Said {
  readonly decidedBy: readonly { readonly what: string; readonly place: SourcePlace }[];
}

export type PolicyJudgement =
  | { readonly state: 'passed' }
  /** `errored`: its file has errors, so nothing was judged. */
  | { readonly state: 'failed' | 'errored'; readonly said: readonly PolicySaid[] };

/** Names tests of one file so that one keeps its name as long as it says the same, wherever it moves. */
export function keysOf(titles: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return titles.map((title) => {
    const before = seen.get(title) ?? 0;
    seen.set(title, before + 1);
    return before === 0 ? title : `${title} (${before + 1})`;
  });
}

/** What became of a test of a file by its key; `undefined`: the file has no such test any more. */
export function policyJudgementsOf({
  problems,
  tests,
}: TestedPolicyFile): (key: string) => PolicyJudgement | undefined {
  if (problems.length > 0) {
    const said = problems.map(({ message, place }) => ({
      message: visible(message),
      difference: undefined,
      place,
      decidedBy: [],
    }));
    return () => ({ state: 'errored', said });
  }
  const keys = keysOf(tests.map(({ title }) => title));
  const judged = new Map<string, PolicyJudgement>();
  tests.forEach(({ failures }, at) => {
    const key = keys[at];
    if (key === undefined) return;
    const said = failures.map(({ message, expected, actual, place, decidedBy }) => ({
      message: visible(message),
      difference: { expected: visible(expected), actual: visible(actual) },
      place,
      decidedBy: decidedBy.map((one) => ({ what: visible(one.what), place: one.place })),
    }));
    judged.set(key, said.length === 0 ? { state: 'passed' } : { state: 'failed', said });
  });
  return (key) => judged.get(key);
}

/** What tests do not show of a policy, a line each: what none exercises, and what none would miss. */
export function uncoveredLines({ file, parts }: TestedPolicy, name: string): readonly string[] {
  const at = ({ start }: TestedPolicy['parts'][number]): string => `${name || file}:${start.line + 1}`;
  return [
    ...parts.filter(({ exercised }) => !exercised).map((one) => `${at(one)}  no test exercises the ${one.name}`),
    ...parts
      .filter(({ exercised, held }) => exercised && !held)
      .map((one) => `${at(one)}  no test would fail without the ${one.name}`),
  ].map((line) => visible(line));
}
