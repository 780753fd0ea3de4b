import type { Problem } from '../problem.js';
import { closest } from '../suggest.js';
import type { Located } from '../syntax/tree.js';
import { type PlaybookRule, report } from './rule.js';

export const unknownRole: PlaybookRule = {
  name: 'unknown-role',
  group: 'structure',
  severity: 'error',
  partial: true,
  what: 'A role is named that the policy does not define.',
  why: 'Nobody holds it, so nobody can approve, be told or be held accountable.',
  fix: 'Use a role of the policy, or add the role and the people who hold it there.',
  failing: {
    kind: 'steps',
    text: `  - id: ask
    gate:
      ask: Suspend the account?
      grants: [suspend]
      approvers: { roles: [«incident-comander»] }
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: ask
    gate:
      ask: Suspend the account?
      grants: [suspend]
      approvers: { roles: [incident-commander] }
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`,
  },
  *check({ playbook, steps, policy }): Generator<Problem> {
    if (!policy) return;
    const known = [...policy.roles.keys()];
    const named: Located<string>[] = playbook.accountable ? [playbook.accountable] : [];
    for (const step of steps) {
      if (step.accountable) named.push(step.accountable);
      if (step.kind === 'manual' && step.role) named.push(step.role);
      if (step.kind === 'gate') named.push(...step.approval.roles, ...step.approval.escalateTo);
      if (step.kind === 'action' || step.kind === 'agent')
        named.push(
          ...(step.approval?.roles ?? []),
          ...(step.approval?.escalateTo ?? []),
          ...(step.notify?.roles ?? []),
        );
    }
    for (const role of named) {
      if (policy.roles.has(role.value)) continue;
      const suggestion = closest(role.value, known);
      yield report(
        this,
        role.range,
        `The policy has no role "${role.value}", so nobody holds it.${suggestion ? ` Did you mean "${suggestion}"?` : ` Roles: ${known.join(', ') || 'none'}.`}`,
        {
          fixes: suggestion
            ? [{ title: `Change to "${suggestion}"`, edits: [{ range: role.range, newText: suggestion }], safe: false }]
            : [],
        },
      );
    }
  },
};
