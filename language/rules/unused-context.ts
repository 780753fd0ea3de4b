import type { Problem } from '../problem.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';
import { membersRead } from './unused-input.js';

const HEAD = (name: string): string => EXAMPLE_HEAD.replace('steps:\n', `context: { ${name}: context.yaml }\nsteps:\n`);

export const unusedContext: PlaybookRule = {
  name: 'unused-context',
  group: 'hygiene',
  severity: 'warning',
  tag: 'unnecessary',
  partial: false,
  what: 'A playbook reads organizational context that no expression uses.',
  why: 'Whoever keeps the list of VIPs believes that the playbook heeds it.',
  fix: 'Use it, for example as a bound: `where: !(args.user in context.vips.vips)` beside one on the alert’s entities. Or take it out.',
  failing: {
    kind: 'playbook',
    text: `${HEAD('«vips»')}  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
`,
  },
  passing: {
    kind: 'playbook',
    text: `${HEAD('vips')}  - id: vip
    if: alert.entities.users.exists(user, user in context.vips.vips)
    then:
      - id: by_hand
        manual: { task: Call them first, role: analyst }
`,
  },
  *check({ playbook, sites }): Generator<Problem> {
    const read = membersRead(sites, 'context');
    if (read === 'all') return;
    for (const { name, file } of playbook.context) {
      if (read.has(name.value)) continue;
      yield report(
        this,
        name.range,
        `No expression reads "context.${name.value}", so nothing here heeds what "${file.value}" says. Use it, or take it out.`,
      );
    }
  },
};
