import type { Located, Node } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';
import { AUTONOMY_LEVELS, EFFECTS } from './levels.js';
import type { Ceiling, Policy } from './policy.js';
import { asText, booleanAt, entriesOf, listAt, mapAt, numberAt, shareAt, textAt, textsAt, wordAt } from './read.js';

/**
 * The policy in a YAML tree. It only ever narrows, so what cannot be read narrows most: a ceiling whose level is unknown
 * holds its acts at `manual`.
 */
export function buildPolicy(uri: string, root: Node | undefined): Policy {
  const roles = new Map<string, readonly Located<string>[]>();
  for (const entry of entriesOf(get(root, 'roles'))) {
    const people = entry.value?.kind === 'list' ? entry.value.items.map(asText) : [];
    roles.set(
      entry.key.text,
      people.filter((person) => person !== undefined),
    );
  }
  const require = mapAt(root, 'require');
  return {
    uri,
    id: textAt(root, 'policy'),
    roles,
    ceilings: buildCeilings(root),
    alwaysGate: textsAt(root, 'always-gate'),
    forbid: textsAt(root, 'forbid'),
    require: {
      accountable: booleanAt(require, 'accountable') ?? false,
      budget: booleanAt(require, 'budget') ?? false,
      undoFor: EFFECTS.filter((effect) => textsAt(require, 'undo-for').some((text) => text.value === effect)),
    },
  };
}

function buildCeilings(root: Node | undefined): Ceiling[] {
  const ceilings: Ceiling[] = [];
  for (const item of listAt(root, 'ceilings')?.items ?? []) {
    if (item?.kind !== 'map') continue;
    ceilings.push({
      effect: wordAt(item, 'effect', EFFECTS),
      tool: textAt(item, 'tool'),
      autonomy: wordAt(item, 'autonomy', AUTONOMY_LEVELS) ?? { value: 'manual', range: item.range },
      quorum: numberAt(item, 'quorum')?.value,
      roles: textsAt(item, 'roles'),
      review: shareAt(item, 'review')?.value,
      range: item.range,
    });
  }
  return ceilings;
}
