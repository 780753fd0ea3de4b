import { approvalRequirement, eligibleApprovers } from '../authority/approval-requirement.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';
import { approvalsOf, untagged } from './unsatisfiable-gate.js';
import { listed, people } from './words.js';

const STEPS = (approvers: string): string => `  - id: ask
    gate:
      ask: Suspend \${{ alert.entities.users[0] }}?
      grants: [suspend]
      ${approvers}
      timeout: 15m
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;

export const noSpareApprover: PlaybookRule = {
  name: 'no-spare-approver',
  group: 'authority',
  severity: 'warning',
  partial: true,
  what: 'Exactly as many people may approve as must.',
  why: 'One of them on leave, asleep or asking for the run themselves turns every question into a denial, and attackers choose their hour.',
  fix: 'Name another role, or add a person to one of these in the policy.',
  failing: { kind: 'steps', text: STEPS('«approvers»: { roles: [soc-manager] }') },
  passing: { kind: 'steps', text: STEPS('approvers: { roles: [soc-manager, incident-commander] }') },
  *check(context): Generator<Problem> {
    if (!context.policy) return;
    const policy = untagged(context.policy);
    for (const { step, approval, acts } of approvalsOf(context)) {
      if (approval.roles.some((role) => !policy.roles.has(role.value))) continue;
      const needs = acts.map((act) => approvalRequirement(act.tool, policy));
      const quorum = Math.max(approval.quorum?.value ?? 1, ...needs.map((one) => one.quorum));
      const roleSets = needs.flatMap((one) => one.roleSets);
      const able = eligibleApprovers(approval, { roleSets }, policy);
      if (able.length !== quorum) continue;
      yield report(
        this,
        approval.range,
        `"${step.id.value}" needs ${people(quorum)}, and only ${listed(able)} may approve: with one of them away it is denied every time. Name another role, or add somebody to these in the policy.`,
      );
    }
  },
};
