import { expressionsOf } from '../expressions/expression.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = (key: string, ask: string): string => `  - id: investigate
    agent:
      goal: Say whether the account was taken over
      tools: [intel.domain_reputation]
      output: { summary: { type: string } }
  - id: ask
    ${key}:
      ask: ${ask}
      grants: [suspend]
      approvers: { roles: [incident-commander] }
      timeout: 15m
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;

export const blindApproval: PlaybookRule = {
  name: 'blind-approval',
  group: 'authority',
  severity: 'warning',
  partial: false,
  what: 'A gate shows the people it asks no evidence: neither `evidence` nor a value in its question.',
  why: 'They see what would be done and nothing of why. Who cannot judge approves, most of all when it is urgent.',
  fix: 'Add `evidence:` with what speaks for and against it, or values of the case to `ask`.',
  failing: { kind: 'steps', text: STEPS('«gate»', 'Suspend the account?') },
  passing: { kind: 'steps', text: STEPS('gate', 'Suspend the account? ${{ steps.investigate.output.summary }}') },
  *check({ steps, actsAt, stepOf }): Generator<Problem> {
    for (const step of steps) {
      if (step.kind !== 'gate' || step.evidence.length > 0 || [...expressionsOf(step.ask)].length > 0) continue;
      const act = step.grants
        .map((grant) => stepOf.get(grant.value))
        .flatMap((granted) => (granted ? (actsAt.get(granted) ?? []) : []))[0];
      if (!act) continue;
      yield report(
        this,
        step.keyRange,
        `Whoever is asked at "${step.id.value}" sees the call of ${act.toolName.value} and nothing that speaks for or against it. Add "evidence:", for example what the investigation found, or put values of the case into "ask".`,
      );
    }
  },
};
