import type { LoadedPolicyTest } from '../../language/load-policy-test.js';
import type { Policy } from '../../language/model/policy.js';
import { runTest, type TestResult } from './compare.js';
import { coverageOf, type PolicyPart } from './coverage.js';
import { isHeld, type Judged } from './held.js';

/** A file of tests and what came of them. Files with errors are not judged. */
export interface TestedFile {
  readonly loaded: LoadedPolicyTest;
  readonly results: readonly TestResult[];
}

/** What all the files that test a policy exercise of it. */
export interface TestedPolicyParts {
  readonly policy: Policy;
  /** `held`: some test would fail if the policy did not say this; see `isHeld`. */
  readonly parts: readonly (PolicyPart & { readonly held: boolean })[];
}

export interface PolicyTestRun {
  readonly files: readonly TestedFile[];
  /** In the order in which the files name them. */
  readonly policies: readonly TestedPolicyParts[];
}

/** Judges files of tests. What is exercised is counted for each policy over all of them. */
export function runPolicyTests(given: readonly LoadedPolicyTest[]): PolicyTestRun {
  const files = given.map((loaded): TestedFile => {
    const { uri, policy, tools, test, problems } = loaded;
    if (!policy || problems.some(({ severity }) => severity === 'error')) return { loaded, results: [] };
    return { loaded, results: test.tests.map((one) => runTest(one, { uri, policy, tools })) };
  });
  const byPolicy = new Map<string, { readonly policy: Policy; readonly judged: Judged[] }>();
  for (const { loaded, results } of files) {
    const { uri, policy, tools } = loaded;
    if (!policy) continue;
    const before = byPolicy.get(policy.uri) ?? { policy, judged: [] };
    before.judged.push(...results.map((result) => ({ result, tested: { uri, policy, tools } })));
    byPolicy.set(policy.uri, before);
  }
  const policies = [...byPolicy.values()].map(({ policy, judged }) => {
    const found = coverageOf(
      policy,
      judged.map(({ result }) => result),
    );
    return { policy, parts: found.map((part) => ({ ...part, held: isHeld(part, policy, judged) })) };
  });
  return { files, policies };
}
