import type { ExpressionSite } from '../authority/sites.js';
import { entriesOf, wordRange } from '../model/read.js';
import type { Problem } from '../problem.js';
import { get } from '../syntax/tree.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';

const HEAD = (name: string): string =>
  EXAMPLE_HEAD.replace('steps:\n', `inputs: { ${name}: { type: string, x-entity: domain } }\nsteps:\n`);

export const unusedInput: PlaybookRule = {
  name: 'unused-input',
  group: 'hygiene',
  severity: 'warning',
  tag: 'unnecessary',
  partial: false,
  what: 'A playbook takes an input that no expression reads.',
  why: 'Every caller has to give it and believes that it decides something, such as which host is contained.',
  fix: 'Use it, or take it out of `inputs` and of the calls.',
  failing: {
    kind: 'playbook',
    text: `${HEAD('«domain»')}  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
`,
  },
  passing: {
    kind: 'playbook',
    text: `${HEAD('domain')}  - id: reputation
    action: intel.domain_reputation
    with: { domain: "\${{ inputs.domain }}" }
`,
  },
  *check({ playbook, sites }): Generator<Problem> {
    const read = membersRead(sites, 'inputs');
    if (read === 'all') return;
    for (const { key } of entriesOf(get(playbook.node, 'inputs'))) {
      if (read.has(key.text)) continue;
      yield report(
        this,
        wordRange(key),
        `No expression reads "inputs.${key.text}": callers have to give it, and it decides nothing. Use it, or take it out of "inputs" and of the calls.`,
      );
    }
  },
};

/** The members of a variable that expressions read by name; `all` where one reads the whole of it. */
export function membersRead(sites: readonly ExpressionSite[], variable: string): ReadonlySet<string> | 'all' {
  const read = new Set<string>();
  for (const { checked } of sites) {
    for (const { path } of checked.references) {
      if (path[0]?.name !== variable) continue;
      if (!path[1]) return 'all';
      read.add(path[1].name);
    }
  }
  return read;
}
