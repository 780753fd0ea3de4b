import type { Tool } from '../model/catalog.js';
import type { Approval } from '../model/playbook.js';
import type { Ceiling, Policy } from '../model/policy.js';
import { ceilingsOn } from './effective-autonomy.js';

/** What an approval of a call must meet, whatever the playbook says. */
export interface ApprovalRequirement {
  /** Distinct people. */
  readonly quorum: number;
  /** A clause for people that says where the number comes from. */
  readonly because: string;
  /** Every approver must hold one role of each of these sets. */
  readonly roleSets: readonly (readonly string[])[];
}

/**
 * What an approval of `tool` must meet. An irreversible act needs two people unless a ceiling of the policy states another
 * number for it; an unknown tool counts as irreversible. Ceilings for a tag of targets count only where `target` is given
 * (see `ceilingsOn`), and only add: they never lower the number.
 */
export function approvalRequirement(
  tool: Tool | undefined,
  policy: Policy | undefined,
  target?: string | null,
): ApprovalRequirement {
  const ceilings = tool ? ceilingsOn(tool, policy, target) : [];
  const roleSets = ceilings
    .filter((ceiling) => ceiling.roles.length > 0)
    .map((ceiling) => ceiling.roles.map((role) => role.value));
  const always = quorumWithoutTags(tool, quorums(ceilings.filter((ceiling) => ceiling.targetTag === undefined)));
  const tagged = Math.max(0, ...quorums(ceilings.filter((ceiling) => ceiling.targetTag !== undefined)));
  return tagged > always.quorum
    ? { quorum: tagged, because: 'the policy’s ceiling for a tag of its target says so', roleSets }
    : { ...always, roleSets };
}

function quorums(ceilings: readonly Ceiling[]): readonly number[] {
  return ceilings.flatMap((ceiling) => (ceiling.quorum === undefined ? [] : [ceiling.quorum]));
}

function quorumWithoutTags(
  tool: Tool | undefined,
  stated: readonly number[],
): Pick<ApprovalRequirement, 'quorum' | 'because'> {
  if (stated.length > 0) return { quorum: Math.max(...stated), because: 'the policy’s ceiling says so' };
  return tool?.reversible === true
    ? { quorum: 1, because: 'the act can be undone' }
    : { quorum: 2, because: 'the act cannot be undone and the policy states no other number' };
}

/**
 * The people who may approve under `approval`: holders of one of its roles who also hold a role of every required set.
 * Sorted, each once. Nobody without a policy.
 */
export function eligibleApprovers(
  approval: Pick<Approval, 'roles'>,
  requirement: Pick<ApprovalRequirement, 'roleSets'>,
  policy: Policy | undefined,
): readonly string[] {
  const holders = (roles: readonly string[]): Set<string> =>
    new Set(roles.flatMap((role) => (policy?.roles.get(role) ?? []).map((person) => person.value)));
  const sets = requirement.roleSets.map(holders);
  const people = holders(approval.roles.map((role) => role.value));
  return [...people].filter((person) => sets.every((set) => set.has(person))).sort();
}
