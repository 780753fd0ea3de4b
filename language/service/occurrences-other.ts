import { entriesOf, textAt, textsAt, wordRange } from '../model/read.js';
import type { Entry, Located, Node } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';
import { declared, named, type Occurrence, optional } from './occurrence.js';
import { declaredOutputs, namedArguments } from './occurrences-members.js';

/** The names in a catalog: tools with their arguments and what they return. */
export function inCatalog(root: Node | undefined): Occurrence[] {
  return entriesOf(get(root, 'tools')).flatMap(({ key, value }): Occurrence[] => {
    const target = textAt(value, 'target');
    return [
      { kind: 'tool', name: key.text, range: wordRange(key), declares: true },
      ...named('tool', optional(textAt(value, 'undo'))),
      ...namedArguments(entriesOf(get(value, 'input')), key.text, true),
      ...named('argument', optional(target)).map(
        (one): Occurrence => ({ ...one, of: { kind: 'tool', name: key.text, members: [] } }),
      ),
      ...declaredOutputs(value, { kind: 'tool', name: key.text }),
    ];
  });
}

/** The names in a policy: roles, tags, tools, the playbooks and steps of waivers, and the playbooks of acknowledgements. */
export function inPolicy(root: Node | undefined): Occurrence[] {
  const roles = entriesOf(get(root, 'roles'));
  const known = new Set(roles.map(({ key }) => key.text));
  return [
    ...roles.map((entry) => declared('role', keyOf(entry))),
    ...named('tool', [...textsAt(root, 'always-gate'), ...textsAt(root, 'forbid')]),
    ...entriesOf(get(root, 'tags')).map((entry) => declared('tag', keyOf(entry))),
    ...itemsAt(root, 'ceilings').flatMap((item) => [
      ...named('tool', optional(textAt(item, 'tool'))),
      ...named('role', textsAt(item, 'roles')),
      ...named('tag', optional(textAt(item, 'target-tag'))),
    ]),
    ...itemsAt(get(root, 'breaker'), 'acts').flatMap((item) => named('tool', optional(textAt(item, 'tool')))),
    ...itemsAt(root, 'acknowledged').flatMap((item) => [
      ...named('playbook', optional(textAt(item, 'playbook'))),
      ...named('tool', optional(textAt(item, 'tool'))),
      ...named('role', optional(textAt(item, 'owner'))).filter(({ name }) => known.has(name)),
    ]),
    ...itemsAt(root, 'waivers').flatMap((item): Occurrence[] => {
      const playbook = textAt(item, 'playbook');
      const steps = playbook ? named('step', optional(textAt(item, 'step'))) : [];
      return [
        ...named('playbook', optional(playbook)),
        ...steps.map(
          (one): Occurrence => ({ ...one, home: { kind: 'playbook', id: playbook?.value ?? '', calls: [] } }),
        ),
        // A waiver's owner is a role or a person.
        ...named('role', optional(textAt(item, 'owner'))).filter(({ name }) => known.has(name)),
      ];
    }),
  ];
}

/** The names in tests of a policy: its file and the catalogs', tools, roles and tags. */
export function inPolicyTest(root: Node | undefined): Occurrence[] {
  return [
    ...named('file', [...optional(textAt(root, 'policy')), ...textsAt(root, 'catalogs')]),
    ...itemsAt(root, 'tests').flatMap((item) => [
      ...named('tool', optional(textAt(item, 'tool'))),
      ...named('tag', optional(textAt(item, 'tag'))),
      ...named('role', [...textsAt(item, 'roles'), ...optional(textAt(get(item, 'approved-by-any'), 'role'))]),
    ]),
  ];
}

function keyOf({ key }: Entry): Located<string> {
  return { value: key.text, range: wordRange(key) };
}

function itemsAt(root: Node | undefined, key: string): readonly (Node | undefined)[] {
  const list = get(root, key);
  return list?.kind === 'list' ? list.items : [];
}
