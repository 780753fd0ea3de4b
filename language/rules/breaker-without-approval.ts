import { proverOf } from '../authority/approvals.js';
import { breakerMatter, breakerRulesOn } from '../authority/breaker.js';
import { isAbove } from '../authority/effective-autonomy.js';
import { describePath } from '../authority/paths.js';
import type { Problem } from '../problem.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';

const PLAYBOOK = (level: string, more: string): string =>
  `${EXAMPLE_HEAD.replace('example.policy.yaml', 'breaker.policy.yaml')}  - id: suspend
    action: identity.suspend
    autonomy: ${level}
    with: { user: "\${{ alert.entities.users[0] }}" }
    where: args.user in alert.entities.users
    notify: { roles: [analyst] }
    undo-within: 24h
${more}`;

export const breakerWithoutApproval: PlaybookRule = {
  name: 'breaker-without-approval',
  group: 'authority',
  severity: 'warning',
  partial: false,
  what: 'The policy’s breaker may drop an act to `approve`, and then nobody would be asked.',
  why: 'The breaker trips when an act was measured wrong too often, and whenever there is no measure that is fresh and of this very playbook and model. The act is then denied, and who wrote the breaker meant people to decide.',
  fix: 'Give the step an `approval`, which is asked for only while the breaker is tripped, or put a gate that grants the step on every path to it.',
  failing: { kind: 'playbook', text: PLAYBOOK('«notify»', '') },
  passing: {
    kind: 'playbook',
    text: PLAYBOOK('notify', '    approval: { roles: [incident-commander], timeout: 15m }\n'),
  },
  *check({ acts, policy, flow }): Generator<Problem> {
    const alone = acts.filter(({ autonomy, step }) => isAbove(autonomy.level, 'approve') && !step.approval);
    const prove = proverOf(flow);
    for (const act of alone) {
      const { step, tool, toolName } = act;
      const [rule] = tool ? breakerRulesOn(tool, policy) : [];
      if (!rule) continue;
      const verdict = prove(act);
      if (verdict.kind !== 'violated' && verdict.kind !== 'unknown') continue;
      const gates = verdict.gates.map(({ id }) => `"${id.value}"`).join(' or ');
      const path = verdict.kind === 'violated' && gates !== '' ? describePath(verdict.path) : '';
      const how =
        gates === ''
          ? 'nobody is asked about it'
          : `not every path has the approval of ${gates}${path === '' ? '' : ` (${path} → ${step.id.value})`}`;
      yield report(
        this,
        step.autonomy?.range ?? toolName.range,
        `While the policy’s breaker for ${breakerMatter(rule)} is tripped, ${toolName.value} needs a person’s approval, and ${how}: it would be denied. Add "approval: { roles: [...], timeout: ... }" to "${step.id.value}".`,
        policy ? { related: [{ uri: policy.uri, range: rule.range, message: 'The breaker.' }] } : {},
      );
    }
  },
};
