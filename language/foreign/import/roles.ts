import { RESERVED, slug } from './names.js';
import { commentLines, inert, list, map, word, yamlLines } from './yaml-text.js';

/** The roles that the steps of an import name, by whom the original asks. */
export interface ImportedRoles {
  of(who: readonly string[]): string;
  /** The text of a policy that names them. It gives nobody a role and permits nothing. */
  policyText(id: string, from: string): string;
}

/** Who is asked where the original does not say it. */
const SOMEBODY = 'analyst';

export function importedRoles(): ImportedRoles {
  const asked = new Map<string, Set<string>>();
  return {
    of(who) {
      const names = who.map((one) => one.replace(/@.*$/s, ''));
      const named = slug(names.join(' '), '-', 40) || SOMEBODY;
      const role = RESERVED.includes(named) ? `${named}-role` : named;
      const known = asked.get(role) ?? new Set();
      asked.set(role, known);
      for (const one of who) known.add(inert(one, 120));
      return role;
    },
    policyText(id, from) {
      const comments = [
        `Made for what "countersign import" made of ${from}. Nobody holds a role yet, and nothing is permitted: say who does, or name your own`,
        'policy in the playbooks instead. A level above "approve" that you decide on needs a ceiling here if the act cannot be undone.',
        ...[...asked].flatMap(([role, who]) =>
          who.size === 0 ? [] : [`${role}: the original asks ${[...who].slice(0, 8).join(', ')}`],
        ),
      ];
      const roles = [...asked.keys()].sort();
      const named = roles.length === 0 ? [SOMEBODY] : roles;
      return `${[
        ...commentLines(comments),
        ...yamlLines([
          ['policy', word(id)],
          ['roles', map(named.map((role) => [role, list([])] as const))],
        ]),
      ].join('\n')}\n`;
    },
  };
}
