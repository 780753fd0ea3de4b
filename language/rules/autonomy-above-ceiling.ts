import { isAbove } from '../authority/effective-autonomy.js';
import type { Step } from '../model/playbook.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

export const autonomyAboveCeiling: PlaybookRule = {
  name: 'autonomy-above-ceiling',
  group: 'authority',
  severity: 'error',
  partial: true,
  what: 'A step asks for more autonomy than the playbook, the catalog or the policy allows for its tool.',
  why: 'The lower level is in force, so the playbook claims an autonomy it does not have.',
  fix: 'Lower the step’s level to the one in force.',
  failing: {
    kind: 'steps',
    text: `  - id: suspend
    action: identity.suspend
    autonomy: «autonomous»
    with: { user: "\${{ alert.entities.users[0] }}" }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: suspend
    action: identity.suspend
    autonomy: approve
    with: { user: "\${{ alert.entities.users[0] }}" }
    approval: { roles: [incident-commander] }
`,
  },
  *check({ acts, uri }): Generator<Problem> {
    const told = new Set<Step>();
    for (const act of acts) {
      const declared = act.step.autonomy;
      const { ceiling } = act.autonomy;
      if (!declared || !ceiling || act.step.undecided || told.has(act.step) || !isAbove(declared.value, ceiling.level))
        continue;
      told.add(act.step);
      const related =
        ceiling.uri && ceiling.range
          ? [{ uri: ceiling.uri, range: ceiling.range, message: `Here: ${ceiling.by}.` }]
          : [];
      yield report(
        this,
        declared.range,
        `"${declared.value}" is more than ${act.toolName.value} (${act.effect}) may have: ${ceiling.by} is "${ceiling.level}", and the lower level is in force. Change it to "${ceiling.level}".`,
        {
          related: related.filter((one) => one.uri !== uri || one.range !== declared.range),
          fixes: [
            {
              title: `Change to "${ceiling.level}"`,
              edits: [{ range: declared.range, newText: ceiling.level }],
              safe: true,
            },
          ],
        },
      );
    }
  },
};
