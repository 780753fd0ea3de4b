import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

export const duplicateId: PlaybookRule = {
  name: 'duplicate-id',
  group: 'structure',
  severity: 'error',
  partial: true,
  what: 'Two steps have the same id.',
  why: 'A gate’s grant, an expression and a trace name steps by id. With two of one name, an approval for the first could be read as one for the second.',
  fix: 'Give each step an id of its own.',
  failing: {
    kind: 'steps',
    text: `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
  - id: «reputation»
    action: intel.domain_reputation
    with: { domain: b.example }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: reputation_of_sender
    action: intel.domain_reputation
    with: { domain: a.example }
  - id: reputation_of_link
    action: intel.domain_reputation
    with: { domain: b.example }
`,
  },
  *check({ uri, steps, stepOf }): Generator<Problem> {
    for (const step of steps) {
      const first = stepOf.get(step.id.value);
      if (!first || first === step) continue;
      yield report(
        this,
        step.id.range,
        `"${step.id.value}" already names another step. A gate or an expression that says "${step.id.value}" would be ambiguous; choose another id.`,
        {
          related: [{ uri, range: first.id.range, message: `The first step named "${step.id.value}".` }],
        },
      );
    }
  },
};
