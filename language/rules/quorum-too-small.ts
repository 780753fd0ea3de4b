import { approvalRequirement } from '../authority/approval-requirement.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';
import { approvalsOf, untagged } from './unsatisfiable-gate.js';

export const quorumTooSmall: PlaybookRule = {
  name: 'quorum-too-small',
  group: 'authority',
  severity: 'error',
  partial: true,
  what: 'An approval asks fewer people than the act requires.',
  why: 'An irreversible act takes two people unless the policy states another number; with fewer the act is denied although somebody approved.',
  fix: 'Raise `quorum`.',
  failing: {
    kind: 'steps',
    text: `  - id: ask
    gate:
      ask: Delete the account?
      grants: [delete]
      approvers: { roles: [incident-commander], quorum: «1» }
  - id: delete
    action: identity.delete_user
    with: { user: "\${{ alert.entities.users[0] }}" }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: ask
    gate:
      ask: Delete the account?
      grants: [delete]
      approvers: { roles: [incident-commander], quorum: 2 }
  - id: delete
    action: identity.delete_user
    with: { user: "\${{ alert.entities.users[0] }}" }
`,
  },
  *check(context): Generator<Problem> {
    // Of a tag only the run knows: the gate then asks more people by itself.
    const policy = context.policy && untagged(context.policy);
    for (const { step, approval, acts } of approvalsOf(context)) {
      const quorum = approval.quorum?.value ?? 1;
      const demanding = acts
        .map((act) => ({ act, needs: approvalRequirement(act.tool, policy) }))
        .find(({ needs }) => needs.quorum > quorum);
      if (!demanding) continue;
      const { act, needs } = demanding;
      const range = approval.quorum?.range ?? approval.range;
      yield report(
        this,
        range,
        `${act.toolName.value} (${act.effect}) needs ${needs.quorum} people: ${needs.because}. "${step.id.value}" asks ${quorum}. Set "quorum: ${needs.quorum}".`,
        {
          fixes: approval.quorum
            ? [{ title: `Change to ${needs.quorum}`, edits: [{ range, newText: String(needs.quorum) }], safe: true }]
            : [],
        },
      );
    }
  },
};
