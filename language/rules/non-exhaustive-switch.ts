import { enumValues } from '../expressions/types.js';
import type { Problem } from '../problem.js';
import { closest } from '../suggest.js';
import { type PlaybookRule, report } from './rule.js';

export const nonExhaustiveSwitch: PlaybookRule = {
  name: 'non-exhaustive-switch',
  group: 'types',
  severity: 'error',
  partial: false,
  reach: 'step',
  what: 'A switch leaves out a value its expression can have, and has no `default`; or it names one it cannot have.',
  why: 'The run fails at that value, in the middle of an attack: usually the one nobody thought of.',
  fix: 'Add the missing cases, or a `default` that hands over to a person.',
  failing: {
    kind: 'steps',
    text: `  - id: investigate
    agent:
      goal: Say whether it is malicious
      tools: [intel.domain_reputation]
      output: { verdict: { enum: [malicious, benign, novel] } }
  - id: route
    «switch»: steps.investigate.output.verdict
    cases:
      malicious:
        - id: take_over
          manual: { task: Take over, role: analyst }
      benign:
        - id: finish
          stop: { outcome: completed, reason: Nothing found }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: investigate
    agent:
      goal: Say whether it is malicious
      tools: [intel.domain_reputation]
      output: { verdict: { enum: [malicious, benign, novel] } }
  - id: route
    switch: steps.investigate.output.verdict
    cases:
      benign:
        - id: finish
          stop: { outcome: completed, reason: Nothing found }
    default:
      - id: take_over
        manual: { task: Take over, role: analyst }
`,
  },
  *check({ sites }): Generator<Problem> {
    for (const { slot, step, checked } of sites) {
      if (slot !== 'switch' || step?.kind !== 'switch') continue;
      const values = enumValues(checked.type);
      if (!values) {
        if (!step.default && checked.problems.length === 0) {
          yield report(
            this,
            step.keyRange,
            'This expression can have values that no case names, and there is no "default": the run would fail there. Add "default:" with what to do then.',
          );
        }
        continue;
      }
      const names = values.map(String);
      for (const branch of step.cases) {
        const name = String(branch.value.value);
        if (names.includes(name)) continue;
        const suggestion = closest(name, names);
        yield report(
          this,
          branch.value.range,
          `The expression is never "${name}": it is one of ${names.join(', ')}.${suggestion ? ` Did you mean "${suggestion}"?` : ' Remove this case.'}`,
          {
            fixes: suggestion
              ? [
                  {
                    title: `Change to "${suggestion}"`,
                    edits: [{ range: branch.value.range, newText: suggestion }],
                    safe: false,
                  },
                ]
              : [],
          },
        );
      }
      const missing = names.filter((name) => !step.cases.some((branch) => String(branch.value.value) === name));
      if (missing.length > 0 && !step.default) {
        yield report(
          this,
          step.keyRange,
          `No case for ${missing.map((name) => `"${name}"`).join(', ')}, and no "default": the run would fail there. Add the cases, or "default:" with what to do then.`,
        );
      }
    }
  },
};
