import { around } from '../authority/precedence.js';
import type { Problem } from '../problem.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
    approval: { roles: [incident-commander] }
`;

export const missingAccountable: PlaybookRule = {
  name: 'missing-accountable',
  group: 'authority',
  severity: 'error',
  partial: false,
  what: 'A consequential act has no accountable role although the policy requires one.',
  why: 'Accountability cannot be handed to a machine: when the act was wrong, somebody has to answer for it.',
  fix: 'Add `accountable: <role>` to the playbook or to the step.',
  failing: {
    kind: 'playbook',
    text:
      EXAMPLE_HEAD.replace('accountable: soc-manager\n', '') + STEPS.replace('identity.suspend', '«identity.suspend»'),
  },
  passing: { kind: 'playbook', text: EXAMPLE_HEAD + STEPS },
  *check({ playbook, policy, acts, places }): Generator<Problem> {
    if (!policy?.require.accountable || playbook.accountable) return;
    for (const act of acts) {
      // Who answers for a loop or a branch answers for what is in it.
      if ([act.step, ...around(places, act.step)].some((step) => step.accountable)) continue;
      yield report(
        this,
        act.toolName.range,
        `Nobody is accountable for ${act.toolName.value} (${act.effect}), and the policy requires it. Add "accountable: <role>" to the playbook, or to this step.`,
      );
    }
  },
};
