import type { RuleInfo } from './rule.js';

export const unusedSuppression: RuleInfo = {
  name: 'unused-suppression',
  group: 'hygiene',
  severity: 'warning',
  tag: 'unnecessary',
  what: 'A suppression covers no problem.',
  why: 'What it excused is mended, or was never there. Left standing, it would hide the next problem of that rule at that place, which nobody has looked at.',
  fix: 'Remove it; or correct its rule, file or step.',
  failing: {
    kind: 'config',
    text: `suppressions:
  - rule: «missing-undo»
    file: example.tools.yaml
    reason: The undo is done by hand, see runbook 12.
`,
  },
  passing: {
    kind: 'config',
    text: `suppressions:
  - rule: missing-budget
    file: noisy.playbook.yaml
    step: investigate
    reason: The gateway limits this agent to 20 turns.
`,
  },
};
