import type { Problem } from '../problem.js';
import { entryOf } from '../syntax/tree.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
`;

export const missingDescription: PlaybookRule = {
  name: 'missing-description',
  group: 'hygiene',
  severity: 'information',
  partial: false,
  what: 'A playbook that acts or asks people has no description.',
  why: 'Who is asked at night, or reviews a change, reads it to learn what the playbook is meant to do, and compares that with what it does.',
  fix: 'Add `description:` with what it is for and what it leaves to people.',
  failing: {
    kind: 'playbook',
    text: `${EXAMPLE_HEAD.replace('title:', '«title»:')}  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
    approval: { roles: [incident-commander], timeout: 15m }
`,
  },
  passing: {
    kind: 'playbook',
    text: EXAMPLE_HEAD.replace('title: An example', 'title: An example\ndescription: Looks up a domain.') + STEPS,
  },
  *check({ playbook, acts, steps }): Generator<Problem> {
    const asks = acts.length > 0 || steps.some((step) => step.kind === 'gate');
    const title = entryOf(playbook.node, 'title');
    if (!asks || !title || entryOf(playbook.node, 'description')) return;
    yield report(
      this,
      title.key.range,
      'The playbook acts, and nothing says in words what it is for and what it leaves to people. Add "description:", so that who reviews or approves can compare.',
    );
  },
};
