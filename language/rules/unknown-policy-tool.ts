import type { Problem } from '../problem.js';
import { closest } from '../suggest.js';
import type { Located } from '../syntax/tree.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
`;

export const unknownPolicyTool: PlaybookRule = {
  name: 'unknown-policy-tool',
  group: 'structure',
  severity: 'warning',
  partial: true,
  what: 'The policy forbids, gates or limits a tool that is in no catalog, while the catalogs describe others of its family.',
  why: 'Names match exactly, never by prefix or pattern: an entry with a misspelt name restrains nothing, and the tool it was meant for runs without it.',
  fix: 'Correct the name in the policy, or delete the entry. In this example the policy forbids `identity.delete`, and the tool is `identity.delete_user`.',
  failing: { kind: 'playbook', text: EXAMPLE_HEAD.replace('example.policy.yaml', '«misspelt.policy.yaml»') + STEPS },
  passing: { kind: 'playbook', text: EXAMPLE_HEAD + STEPS },
  *check({ playbook, policy, tools, catalogsRead }): Generator<Problem> {
    const at = playbook.policy;
    if (!policy || !at || !catalogsRead) return;
    const families = new Set([...tools.keys()].map(familyOf));
    const entries: readonly (readonly [string, Located<string>])[] = [
      ...policy.forbid.map((name) => ['forbids', name] as const),
      ...policy.alwaysGate.map((name) => ['always gates', name] as const),
      ...(policy.breaker?.acts ?? []).flatMap(({ tool }) => (tool ? [['has a breaker for', tool] as const] : [])),
      ...policy.ceilings.flatMap(({ tool }) => (tool ? [['limits', tool] as const] : [])),
    ];
    for (const [does, name] of entries) {
      if (tools.has(name.value)) continue;
      const meant = closest(name.value, tools.keys());
      // Another playbook may list the catalog a name is from; one of a family that is known here is from none.
      if (!meant && !families.has(familyOf(name.value))) continue;
      yield report(
        this,
        at.range,
        `The policy ${does} ${name.value}, and no catalog of this playbook has such a tool: names match exactly, so that entry restrains nothing here.${meant ? ` Did it mean "${meant}"?` : ' Correct it in the policy.'}`,
        { related: [{ uri: policy.uri, range: name.range, message: `The policy ${does} it here.` }] },
      );
    }
  },
};

function familyOf(tool: string): string {
  return tool.slice(0, Math.max(0, tool.lastIndexOf('.')));
}
