import type { ExpressionSite } from '../authority/sites.js';
import { problemRange } from '../expressions/template.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

const MEANING: { readonly [S in ExpressionSite['slot']]?: string } = {
  trigger: 'which alerts this playbook is for',
  when: 'whether the step runs',
  if: 'which branch is taken',
  switch: 'which case is taken',
  where: 'which calls are within bounds',
};

export const constantCondition: PlaybookRule = {
  name: 'constant-condition',
  group: 'types',
  severity: 'warning',
  partial: true,
  reach: 'step',
  what: 'A condition reads nothing, so it always comes out the same.',
  why: 'It reads like a decision or a bound and is none: `where: true` bounds no call, `when: false` switches a safeguard off.',
  fix: 'Compare something of the alert, of an earlier step or of the call, or delete the condition or the step.',
  failing: {
    kind: 'steps',
    text: `  - id: reputation
    when: «1 < 2»
    action: intel.domain_reputation
    with: { domain: a.example }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: reputation
    when: alert.severity_id > 2
    action: intel.domain_reputation
    with: { domain: a.example }
`,
  },
  *check({ sites, text }): Generator<Problem> {
    for (const { slot, expression, checked } of sites) {
      const meaning = MEANING[slot];
      const { ast } = expression.parsed;
      if (!meaning || !ast || checked.problems.length > 0 || checked.references.length > 0) continue;
      yield report(
        this,
        problemRange(expression, ast.start, ast.end, text),
        `This reads nothing, so it always comes out the same and does not decide ${meaning}. Compare something of the alert or of an earlier step, or delete it.`,
      );
    }
  },
};
