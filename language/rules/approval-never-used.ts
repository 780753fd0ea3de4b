import type { Act } from '../authority/acts.js';
import { breakerRulesOn } from '../authority/breaker.js';
import { isAbove } from '../authority/effective-autonomy.js';
import type { Policy } from '../model/policy.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = (level: string, approval: string): string => `  - id: suspend
    action: identity.suspend
    autonomy: ${level}
    with: { user: "\${{ alert.entities.users[0] }}" }
    where: args.user in alert.entities.users
    notify: { roles: [analyst] }
    ${approval}: { roles: [incident-commander], timeout: 15m }
`;

export const approvalNeverUsed: PlaybookRule = {
  name: 'approval-never-used',
  group: 'authority',
  severity: 'warning',
  partial: true,
  what: 'An approval is asked for an act whose level in force does not wait for one.',
  why: 'The reader believes that a person decides. At `notify` and `autonomous` the act needs nobody’s leave; at `assist` and `manual` a person does it anyway.',
  fix: 'Lower the act to `approve`, or drop the approval.',
  failing: { kind: 'steps', text: STEPS('notify', '«approval»') },
  passing: { kind: 'steps', text: STEPS('approve', 'approval') },
  *check({ steps, stepOf, actsAt, catalogsRead, policy }): Generator<Problem> {
    for (const step of steps) {
      if (step.kind === 'gate') {
        for (const grant of step.grants) {
          const granted = stepOf.get(grant.value);
          // That a step has nothing to approve at all is said by another rule.
          const act = granted && actsAt.get(granted)?.[0];
          if (granted?.kind !== 'action' || !act || mayWait(act, policy)) continue;
          yield report(this, grant.range, whyNot(act));
        }
      } else if ((step.kind === 'action' || step.kind === 'agent') && step.approval) {
        const own = actsAt.get(step) ?? [];
        const [first] = own;
        // What a tool does whose catalog cannot be read is not known.
        if (own.some((act) => mayWait(act, policy)) || (!first && !catalogsRead)) continue;
        yield report(
          this,
          step.approval.range,
          first
            ? whyNot(first)
            : `"${step.id.value}" calls nothing that needs an approval, so nobody is ever asked. Drop "approval".`,
        );
      }
    }
  },
};

/** Whether there are runs in which it waits: at `approve` in all, under a breaker in those in which that is tripped. */
function mayWait({ autonomy, tool }: Act, policy: Policy | undefined): boolean {
  if (autonomy.level === 'approve') return true;
  return isAbove(autonomy.level, 'approve') && tool !== undefined && breakerRulesOn(tool, policy).length > 0;
}

function whyNot({ toolName, step, autonomy }: Act): string {
  const alone = autonomy.level === 'notify' || autonomy.level === 'autonomous';
  return `${toolName.value} at "${step.id.value}" does not wait for this approval: ${autonomy.because}, and at that level ${alone ? 'it runs without a person' : 'a person does it by hand'}. ${alone ? 'Lower it to "approve", or drop the approval.' : 'Drop the approval.'}`;
}
