import { isAbove } from '../authority/effective-autonomy.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = (grant: string): string => `  - id: investigate
    agent:
      goal: Find the account that was taken over and suspend it
      tools: [${grant}]
      output: { summary: { type: string } }
    autonomy: notify
    notify: { roles: [analyst] }
    review: 10%
`;

export const missingMaxCalls: PlaybookRule = {
  name: 'missing-max-calls',
  group: 'bounds',
  severity: 'warning',
  partial: true,
  what: 'An agent may call a consequential tool without a person, as often as it likes.',
  why: 'One persuaded agent is then not one wrong act but hundreds: every value within the bound, one after the other.',
  fix: 'Add `max-calls` to the grant: as many as a real case takes.',
  failing: {
    kind: 'steps',
    text: STEPS('{ use: «identity.suspend», where: args.user in alert.entities.users }'),
  },
  passing: {
    kind: 'steps',
    text: STEPS('{ use: identity.suspend, where: args.user in alert.entities.users, max-calls: 2 }'),
  },
  *check({ acts }): Generator<Problem> {
    for (const { grant, toolName, effect, autonomy } of acts) {
      if (!grant || grant.maxCalls || !isAbove(autonomy.level, 'approve')) continue;
      yield report(
        this,
        toolName.range,
        `The agent may call ${toolName.value} (${effect}) as often as it likes, with nobody looking (${autonomy.because}). Say how often a real case takes: "{ use: ${toolName.value}, max-calls: 2, … }".`,
      );
    }
  },
};
