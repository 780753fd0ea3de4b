import type { Policy } from '../../language/model/policy.js';
import type { TestResult } from './compare.js';
import { runTest } from './compare.js';
import type { PolicyPart } from './coverage.js';
import type { TestedPolicy } from './judge.js';

/** A test as it was judged, with what it was judged with. */
export interface Judged {
  readonly result: TestResult;
  readonly tested: TestedPolicy;
}

/**
 * Whether a test that passes would fail if the policy did not say this: else somebody could delete it, and no test would tell.
 * Not asked of tags and of tools that are always gated, which are often a second lock beside a ceiling.
 */
export function isHeld(part: PolicyPart, policy: Policy, judged: readonly Judged[]): boolean {
  if (!part.exercised) return false;
  const changed = policyWithout(part, policy);
  if (!changed) return true;
  return judged.some(
    ({ result, tested }) =>
      result.failures.length === 0 && runTest(result.test, { ...tested, policy: changed }).failures.length > 0,
  );
}

function policyWithout({ kind, range }: PolicyPart, policy: Policy): Policy | undefined {
  switch (kind) {
    case 'ceiling':
      return { ...policy, ceilings: policy.ceilings.filter((one) => one.range !== range) };
    case 'role':
      return {
        ...policy,
        ceilings: policy.ceilings.map((one) => ({ ...one, roles: one.roles.filter((role) => role.range !== range) })),
      };
    case 'forbid':
      return { ...policy, forbid: policy.forbid.filter((one) => one.range !== range) };
    case 'always-gate':
    case 'tag':
      return undefined;
  }
}
