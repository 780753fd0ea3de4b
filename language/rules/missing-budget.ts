import { around } from '../authority/precedence.js';
import type { Problem } from '../problem.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';

const AGENT = `  - id: investigate
    agent:
      goal: Find out who is behind the domain
      tools: [intel.domain_reputation]
      output: { summary: { type: string } }
`;

export const missingBudget: PlaybookRule = {
  name: 'missing-budget',
  group: 'bounds',
  severity: 'warning',
  partial: false,
  what: 'An agent has no budget, and neither has the playbook; or a loop gives it its budget anew each time.',
  why: 'Attackers can make an agent loop: an alert that never ends to be looked into costs money and the time of everything behind it.',
  fix: 'Add `budget: { turns: …, tokens: … }` to the step or the playbook.',
  failing: {
    kind: 'playbook',
    text: EXAMPLE_HEAD.replace(/budget:.*\n/, '') + AGENT.replace('investigate', '«investigate»'),
  },
  passing: { kind: 'playbook', text: EXAMPLE_HEAD + AGENT },
  *check({ steps, playbook, policy, places }): Generator<Problem> {
    if (playbook.budget) return;
    for (const step of steps) {
      if (step.kind !== 'agent') continue;
      const loop = around(places, step).find((one) => one.kind === 'for-each');
      if (step.budget && loop?.kind !== 'for-each') continue;
      if (step.budget && loop?.kind === 'for-each') {
        yield report(
          this,
          step.id.range,
          `"${loop.id.value}" runs the agent "${step.id.value}" up to ${loop.max} times, each with its whole budget anew, and the playbook has none for all of them. Add "budget: { turns: …, tokens: … }" to the playbook.`,
        );
        continue;
      }
      const required = policy?.require.budget === true;
      yield report(
        this,
        step.id.range,
        `The agent "${step.id.value}" may go on without end${required ? ', and the policy requires a budget' : ''}. Add "budget: { turns: 12, tokens: 50000 }" to the step or the playbook.`,
        {
          severity: required ? 'error' : 'warning',
        },
      );
    }
  },
};
