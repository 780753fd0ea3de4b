import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

export const recursiveCall: PlaybookRule = {
  name: 'recursive-call',
  group: 'structure',
  severity: 'error',
  partial: true,
  what: 'A playbook calls itself, directly or through others, or calls are nested deeper than eight.',
  why: 'Nobody can say how often it acts: an alert that keeps its condition true would keep it going.',
  fix: 'Use a `for-each` with a `max` for what repeats, or move the common steps to a playbook that calls none of these.',
  failing: {
    kind: 'steps',
    text: `  - id: again
    call: «x.playbook.yaml»
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: contain
    call: suspend-user.playbook.yaml
    with: { user: "\${{ alert.entities.users[0] }}" }
`,
  },
  *check({ calls, uri }): Generator<Problem> {
    for (const [step, callee] of calls) {
      if (callee.fault !== 'recursive') continue;
      const self = callee.uri === uri;
      yield report(
        this,
        step.target.range,
        self
          ? `The playbook calls itself at "${step.id.value}", so nothing bounds how often it acts. Repeat with a "for-each" that has a "max".`
          : `"${step.target.value}" leads back to a playbook that is running already, or is nested too deep, so nobody can say how often it acts. End the circle, or repeat with a "for-each" that has a "max".`,
      );
    }
  },
};
