import { isAbove } from '../authority/effective-autonomy.js';
import type { Problem } from '../problem.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = (tool: string): string => `  - id: suspend
    action: ${tool}
    autonomy: notify
    with: { user: "\${{ alert.entities.users[0] }}" }
    where: args.user in alert.entities.users
    notify: { roles: [analyst] }
`;

export const missingTimeLimit: PlaybookRule = {
  name: 'missing-time-limit',
  group: 'bounds',
  severity: 'warning',
  partial: false,
  what: 'A playbook acts without a person, and nothing says when its run is over.',
  why: 'Nobody stands by to end it. An investigation that was held up acts hours later, on what was true then.',
  fix: 'Add `time` to the playbook’s `budget`: when it is up, the run ends before its next act.',
  failing: { kind: 'playbook', text: EXAMPLE_HEAD + STEPS('«identity.suspend»') },
  passing: {
    kind: 'playbook',
    text: EXAMPLE_HEAD.replace('tokens: 50000', 'tokens: 50000, time: 1h') + STEPS('identity.suspend'),
  },
  *check({ acts, playbook }): Generator<Problem> {
    const act = acts.find((one) => isAbove(one.autonomy.level, 'approve'));
    if (!act || playbook.budget?.time !== undefined) return;
    yield report(
      this,
      act.toolName.range,
      `${act.toolName.value} (${act.effect}) runs without a person at level "${act.autonomy.level}", and the playbook has no time limit, so it may act long after anybody expects it. Add "budget: { time: 1h }" to the playbook.`,
    );
  },
};
