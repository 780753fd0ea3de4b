import { ATTACK_VERSION, isAttackId, retiredAttackIds } from '../model/attack-techniques.js';
import type { Problem } from '../problem.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
`;
const HEAD = (id: string): string => EXAMPLE_HEAD.replace('catalogs:', `attack: [${id}]\ncatalogs:`);

export const unknownTechnique: PlaybookRule = {
  name: 'unknown-technique',
  group: 'hygiene',
  severity: 'warning',
  partial: true,
  what: `MITRE ATT&CK (v${ATTACK_VERSION}) has no technique or tactic of this identifier.`,
  why: 'Coverage is counted by these identifiers: a misspelt one claims an answer to an attack that does not exist, and leaves the real one uncovered.',
  fix: 'Correct it; https://attack.mitre.org lists them. ATT&CK® is a registered trademark of The MITRE Corporation.',
  failing: { kind: 'playbook', text: HEAD('«T1566.200»') + STEPS },
  passing: { kind: 'playbook', text: HEAD('T1566.002') + STEPS },
  *check({ playbook }): Generator<Problem> {
    for (const id of playbook.attack) {
      if (!/^TA?\d{4}(\.\d{3})?$/.test(id.value) || isAttackId(id.value) || retiredAttackIds().has(id.value)) continue;
      const parent = id.value.replace(/\..*/, '');
      yield report(
        this,
        id.range,
        `ATT&CK v${ATTACK_VERSION} has no "${id.value}"${parent !== id.value && isAttackId(parent) ? `, though it has ${parent}` : ''}, so this claims an answer to nothing. Correct it, or name the technique that is meant.`,
      );
    }
  },
};
