import type { Problem } from '../problem.js';
import { closest } from '../suggest.js';
import { type PlaybookRule, report } from './rule.js';

export const unknownArgument: PlaybookRule = {
  name: 'unknown-argument',
  group: 'types',
  severity: 'error',
  partial: true,
  what: 'A call has an argument that its tool does not take.',
  why: 'The tool would ignore it or refuse, and what was meant by it does not happen.',
  fix: 'Use an argument of the tool’s `input`.',
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
  *check({ steps, tools }): Generator<Problem> {
    for (const step of steps) {
      const tool = step.kind === 'action' ? tools.get(step.tool.value) : undefined;
      if (step.kind !== 'action' || !tool) continue;
      const known = Object.keys(tool.input.properties ?? {});
      const given = new Set(step.with.map((argument) => argument.name.value));
      for (const { name } of step.with) {
        if (known.includes(name.value)) continue;
        const suggestion = closest(
          name.value,
          known.filter((candidate) => !given.has(candidate)),
        );
        yield report(
          this,
          name.range,
          `${tool.name.value} takes no "${name.value}".${suggestion ? ` Did you mean "${suggestion}"?` : ` It takes: ${known.join(', ') || 'nothing'}.`}`,
          {
            related: [{ uri: tool.uri, range: tool.name.range, message: `${tool.name.value} is described here.` }],
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
