import { type ApprovalRequirement, approvalRequirement, eligibleApprovers } from '../authority/approval-requirement.js';
import type { Tool } from '../model/catalog.js';
import type { Located } from '../syntax/tree.js';
import type { SourceFile } from './source-file.js';

export interface ApproverChoice {
  readonly roles: readonly string[];
  /** People who must approve. */
  readonly quorum: number;
}

/**
 * Who is asked about a call of `tool` where nobody has said it yet: the roles the policy requires; else those this playbook
 * asks elsewhere, then who is accountable for it, then whatever role has most holders. Of these the first that has as many
 * people as must approve and one to spare, or failing that as many.
 */
export function approversFor(source: SourceFile, tool: Tool | undefined): ApproverChoice {
  const { policy, playbook } = source;
  const requirement = approvalRequirement(tool, policy);
  const named = [...(policy?.roles ?? [])].sort(([, a], [, b]) => b.length - a.length).map(([role]) => role);
  const asked = (playbook?.steps ?? []).flatMap((step) =>
    step.kind === 'gate' ? [step.approval.roles.map(({ value }) => value)] : [],
  );
  const accountable = playbook?.playbook.accountable?.value;
  const choices = [
    ...requirement.roleSets,
    ...asked,
    ...(accountable === undefined ? [] : [[accountable]]),
    ...named.map((role) => [role]),
  ].filter((roles) => roles.length > 0 && (policy === undefined || roles.every((role) => policy.roles.has(role))));
  const able = (roles: readonly string[]): number => people(roles, requirement, source);
  const roles = choices.find((one) => able(one) > requirement.quorum) ??
    choices.find((one) => able(one) >= requirement.quorum) ??
    choices[0] ?? [accountable ?? 'incident-commander'];
  return { roles, quorum: requirement.quorum };
}

function people(roles: readonly string[], requirement: ApprovalRequirement, { policy }: SourceFile): number {
  const located = roles.map((value): Located<string> => ({ value, range: { start: 0, end: 0 } }));
  return eligibleApprovers({ roles: located }, requirement, policy).length;
}
