import { EXAMPLE_HEAD } from './example.js';
import type { RuleInfo } from './rule.js';

const PLAYBOOK = (file: string): string =>
  `${EXAMPLE_HEAD.replace('steps:\n', '')}examples: [${file}]
steps:
  - id: look
    agent:
      goal: Say what the account is for
      tools: [intel.domain_reputation]
      output: { summary: { type: string } }
`;

/** `readExamples` reports it. */
export const unreviewedExample: RuleInfo = {
  name: 'unreviewed-example',
  group: 'data',
  severity: 'error',
  what: 'Agents would be shown a case that no person let be shown.',
  why: 'An example moves every later answer of the agent. Its alert was written by whoever caused it, so an alert that gets in here without being read is an instruction that stays.',
  fix: 'Have somebody whom the policy names read what would be shown: `countersign feedback review CASE --as PERSON`. Cases that were not made by `countersign feedback` are never examples.',
  failing: { kind: 'playbook', text: PLAYBOOK('«decided.case.yaml»') },
  passing: { kind: 'playbook', text: PLAYBOOK('reviewed.case.yaml') },
};
