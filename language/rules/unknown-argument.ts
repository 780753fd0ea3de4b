import type { Problem } from '../problem.js';
import { closest } from '../suggest.js';
import { parametersOf } from './parameters.js';
import { type PlaybookRule, report } from './rule.js';

export const unknownArgument: PlaybookRule = {
  name: 'unknown-argument',
  group: 'types',
  severity: 'error',
  partial: true,
  reach: 'step',
  what: 'A call has an argument that its tool, or the playbook it calls, does not take.',
  why: 'It would be ignored or refused, and what was meant by it does not happen.',
  fix: 'Use an argument of the tool’s `input`, or of the called playbook’s `inputs`.',
  failing: {
    kind: 'steps',
    text: `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example, «depth»: 3 }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
`,
  },
  *check(context): Generator<Problem> {
    for (const { name: callee, given, takes, related } of parametersOf(context)) {
      const known = Object.keys(takes.properties ?? {});
      const present = new Set(given.map((argument) => argument.name.value));
      for (const { name } of given) {
        if (known.includes(name.value)) continue;
        const suggestion = closest(
          name.value,
          known.filter((candidate) => !present.has(candidate)),
        );
        yield report(
          this,
          name.range,
          `${callee.value} takes no "${name.value}".${suggestion ? ` Did you mean "${suggestion}"?` : ` It takes: ${known.join(', ') || 'nothing'}.`}`,
          {
            related,
            fixes: suggestion
              ? [
                  {
                    title: `Change to "${suggestion}"`,
                    edits: [{ range: name.range, newText: suggestion }],
                    safe: false,
                  },
                ]
              : [],
          },
        );
      }
    }
  },
};
