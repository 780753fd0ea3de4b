import { retiredAttackIds } from '../model/attack-techniques.js';
import type { Problem } from '../problem.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
`;
const HEAD = (id: string): string => EXAMPLE_HEAD.replace('catalogs:', `attack: [${id}]\ncatalogs:`);

export const retiredTechnique: PlaybookRule = {
  name: 'retired-technique',
  group: 'hygiene',
  severity: 'warning',
  tag: 'deprecated',
  partial: true,
  what: 'The playbook names an ATT&CK technique that MITRE has taken back.',
  why: 'Detections and reports use the identifier that took its place, so this playbook is not found when its attack is.',
  fix: 'Use the identifier the message names.',
  failing: { kind: 'playbook', text: HEAD('«T1086»') + STEPS },
  passing: { kind: 'playbook', text: HEAD('T1059.001') + STEPS },
  *check({ playbook }): Generator<Problem> {
    const named = new Set(playbook.attack.map((id) => id.value));
    for (const id of playbook.attack) {
      const retired = retiredAttackIds();
      if (!retired.has(id.value)) continue;
      const successor = retired.get(id.value);
      const again = successor !== undefined && named.has(successor);
      yield report(
        this,
        id.range,
        successor
          ? `MITRE took ${id.value} back; ${successor} is in its place, and what looks for that does not find this playbook. ${again ? 'It is listed already: delete this one.' : `Change it to ${successor}.`}`
          : `MITRE took ${id.value} back and put no one technique in its place, so nothing that counts techniques finds this playbook by it. Name the techniques that are meant.`,
        {
          fixes:
            successor && !again
              ? [{ title: `Change to ${successor}`, edits: [{ range: id.range, newText: successor }], safe: true }]
              : [],
        },
      );
    }
  },
};
