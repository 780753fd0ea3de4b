import type { Problem } from '../problem.js';
import { parametersOf } from './parameters.js';
import { type PlaybookRule, report } from './rule.js';

export const missingArgument: PlaybookRule = {
  name: 'missing-argument',
  group: 'types',
  severity: 'error',
  partial: false,
  reach: 'step',
  what: 'A call lacks an argument that its tool, or the playbook it calls, requires.',
  why: 'The call is refused at run time.',
  fix: 'Add it under `with:`.',
  failing: {
    kind: 'steps',
    text: `  - id: reputation
    action: «intel.domain_reputation»
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
    for (const { name, given, takes, related } of parametersOf(context)) {
      const present = new Set(given.map((argument) => argument.name.value));
      const missing = (takes.required ?? []).filter((argument) => !present.has(argument));
      if (missing.length === 0) continue;
      yield report(
        this,
        name.range,
        `${name.value} also needs ${missing.map((argument) => `"${argument}"`).join(', ')}. Add ${missing.length === 1 ? 'it' : 'them'} under "with:".`,
        { related },
      );
    }
  },
};
