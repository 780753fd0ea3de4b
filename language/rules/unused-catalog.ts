import { resolveReference } from '../host.js';
import type { Problem } from '../problem.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
`;

export const unusedCatalog: PlaybookRule = {
  name: 'unused-catalog',
  group: 'hygiene',
  severity: 'information',
  tag: 'unnecessary',
  partial: false,
  what: 'No step uses a tool of a catalog the playbook lists.',
  why: 'The list says what a playbook could reach for; what it does not need makes a reviewer look for acts that are not there.',
  fix: 'Take the catalog off the list.',
  failing: {
    kind: 'playbook',
    text: EXAMPLE_HEAD.replace('[example.tools.yaml]', '[example.tools.yaml, «response.tools.yaml»]') + STEPS,
  },
  passing: { kind: 'playbook', text: EXAMPLE_HEAD + STEPS },
  *check({ uri, playbook, steps, tools, catalogsRead }): Generator<Problem> {
    if (!catalogsRead) return;
    const used = new Set<string>();
    for (const step of steps) {
      const names =
        step.kind === 'action' ? [step.tool] : step.kind === 'agent' ? step.tools.map((grant) => grant.tool) : [];
      for (const name of names) {
        const tool = tools.get(name.value);
        const undo = tool?.undo && tools.get(tool.undo.value);
        for (const one of [tool, undo]) if (one) used.add(one.uri);
      }
    }
    const described = new Set([...tools.values()].map((tool) => tool.uri));
    for (const catalog of playbook.catalogs) {
      const target = resolveReference(uri, catalog.value);
      // Of a catalog whose tools all are in another one, too, that is said already.
      if (used.has(target) || !described.has(target)) continue;
      yield report(
        this,
        catalog.range,
        `No step uses a tool of "${catalog.value}", nor undoes one with it. Take it off the list, so that readers see what this playbook can reach.`,
      );
    }
  },
};
