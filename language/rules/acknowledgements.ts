import type { Policy } from '../model/policy.js';
import type { Problem } from '../problem.js';
import { type RuleInfo, report } from './rule.js';

const WITH = (expires: string): string => `policy: default
roles: { soc-manager: [eli@soc.example] }
acknowledged:
  - change: 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c
    playbook: contain-host
    step: isolate
    tool: edr.isolate
    owner: soc-manager
    reason: Isolation may wait for one analyst instead of two during the night shift.
    expires: ${expires}
`;

/** Whether one is used only a comparison knows, so `countersign diff` reports that. */
const expiredAcknowledgement: RuleInfo = {
  name: 'expired-acknowledgement',
  group: 'hygiene',
  severity: 'warning',
  what: 'An acknowledgement of a widening is past its last day.',
  why: 'It no longer holds, so the change it was for is not agreed to any more; whoever reads the policy takes it for accepted.',
  fix: 'Delete it. If the change was not made yet and still should be, have its owner decide anew and set another day.',
  failing: { kind: 'policy', text: WITH('«2026-06-30»') },
  passing: { kind: 'policy', text: WITH('2026-07-30') },
};

export const ACKNOWLEDGEMENT_RULES: readonly RuleInfo[] = [expiredAcknowledgement];

/** What is wrong with a policy's acknowledgements by themselves. Without a day nothing can be said. */
export function* acknowledgementProblems(policy: Policy, today: string | undefined): Generator<Problem> {
  if (today === undefined) return;
  for (const { playbook, step, owner, expires } of policy.acknowledgements) {
    if (expires.value >= today) continue;
    yield report(
      expiredAcknowledgement,
      expires.range,
      `This day has passed, so a widening of "${step.value}" in ${playbook.value} is no longer agreed to. Delete this, or have ${owner} decide anew.`,
    );
  }
}
