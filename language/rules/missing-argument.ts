import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

export const missingArgument: PlaybookRule = {
  name: 'missing-argument',
  group: 'types',
  severity: 'error',
  partial: false,
  what: 'A call lacks an argument that its tool requires.',
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
  *check({ steps, tools }): Generator<Problem> {
    for (const step of steps) {
      const tool = step.kind === 'action' ? tools.get(step.tool.value) : undefined;
      if (step.kind !== 'action' || !tool) continue;
      const given = new Set(step.with.map((argument) => argument.name.value));
      const missing = (tool.input.required ?? []).filter((name) => !given.has(name));
      if (missing.length === 0) continue;
      yield report(
        this,
        step.tool.range,
        `${tool.name.value} also needs ${missing.map((name) => `"${name}"`).join(', ')}. Add ${missing.length === 1 ? 'it' : 'them'} under "with:".`,
        {
          related: [{ uri: tool.uri, range: tool.name.range, message: `${tool.name.value} is described here.` }],
        },
      );
    }
  },
};
