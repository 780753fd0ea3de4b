import type { Problem } from '../problem.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
    approval: { roles: [incident-commander] }
`;

export const missingPolicy: PlaybookRule = {
  name: 'missing-policy',
  group: 'authority',
  severity: 'error',
  partial: false,
  what: 'A playbook with consequential acts names no policy.',
  why: 'The policy says who holds which role. Without one nobody does, nobody can approve, and every consequential act is denied.',
  fix: 'Add `policy:` with the path of the policy file.',
  failing: {
    kind: 'playbook',
    text: EXAMPLE_HEAD.replace('policy: example.policy.yaml\n', '').replace('playbook:', '«playbook»:') + STEPS,
  },
  passing: { kind: 'playbook', text: EXAMPLE_HEAD + STEPS },
  *check({ playbook, policy, policyMissing, acts }): Generator<Problem> {
    const act = acts[0];
    if (policy || policyMissing || !act) return;
    const range = playbook.node.entries[0]?.key.range ?? act.toolName.range;
    yield report(
      this,
      range,
      `The playbook names no policy, so nobody holds a role and ${act.toolName.value} at "${act.step.id.value}" can never be approved. Add "policy: <path of the policy file>".`,
    );
  },
};
