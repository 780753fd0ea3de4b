import type { Problem } from '../problem.js';
import { closest } from '../suggest.js';
import type { Located } from '../syntax/tree.js';
import { type PlaybookRule, report } from './rule.js';

export const unknownTool: PlaybookRule = {
  name: 'unknown-tool',
  group: 'structure',
  severity: 'error',
  partial: true,
  what: 'A step uses a tool that no catalog describes.',
  why: 'What an undescribed tool does to the world is unknown, so it counts as consequential and irreversible and is never run.',
  fix: 'Use a tool of one of the playbook’s catalogs, or describe this one there.',
  failing: {
    kind: 'steps',
    text: `  - id: reputation
    action: «intel.domain_reputtion»
    with: { domain: a.example }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
`,
  },
  *check({ steps, tools, catalogsRead, playbook }): Generator<Problem> {
    if (!catalogsRead) return;
    const check = (name: Located<string>): Problem | undefined => {
      if (name.value === '' || tools.has(name.value)) return undefined;
      const suggestion = closest(name.value, tools.keys());
      const where =
        playbook.catalogs.length === 0
          ? 'the playbook lists no catalogs'
          : `none of ${playbook.catalogs.map((catalog) => catalog.value).join(', ')} describes it`;
      return report(
        this,
        name.range,
        `"${name.value}" is not a known tool: ${where}.${suggestion ? ` Did you mean "${suggestion}"?` : ''}`,
        {
          fixes: suggestion
            ? [{ title: `Change to "${suggestion}"`, edits: [{ range: name.range, newText: suggestion }], safe: false }]
            : [],
        },
      );
    };
    for (const step of steps) {
      const names =
        step.kind === 'action' ? [step.tool] : step.kind === 'agent' ? step.tools.map((grant) => grant.tool) : [];
      for (const name of names) {
        const problem = check(name);
        if (problem) yield problem;
      }
    }
  },
};
