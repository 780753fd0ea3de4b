import { entriesOf, wordRange } from '../model/read.js';
import type { Entry, Node } from '../syntax/tree.js';
import { entryOf, get } from '../syntax/tree.js';
import type { Home, Occurrence, Owner } from './occurrence.js';

/**
 * What a map under `output:` declares, name to JSON Schema: its members with those below, and the key itself as the whole.
 * `holder` is the map the key stands in.
 */
export function declaredOutputs(holder: Node | undefined, of: Omit<Owner, 'members'>): Occurrence[] {
  const entry = holder?.kind === 'map' ? entryOf(holder, 'output') : undefined;
  if (!entry) return [];
  const owner: Owner = { ...of, members: [] };
  return [
    { kind: 'output', name: '', word: 'output', range: wordRange(entry.key), declares: true, of: owner },
    ...members(entry.value, owner),
  ];
}

function members(node: Node | undefined, of: Owner): Occurrence[] {
  return entriesOf(node).flatMap(({ key, value }): Occurrence[] => [
    { kind: 'output', name: key.text, range: wordRange(key), declares: true, of },
    ...members(propertiesBelow(value), { ...of, members: [...of.members, key.text] }),
  ]);
}

/** The members of a schema: an object's own, or those of a list's items. */
function propertiesBelow(schema: Node | undefined): Node | undefined {
  const own = get(schema, 'properties');
  if (own) return own;
  const items = get(schema, 'items');
  return items && propertiesBelow(items);
}

/** The keys of a map, which name members of what `of` returns. */
export function namedOutputs(node: Node | undefined, of: Omit<Owner, 'members'>, home?: Home): Occurrence[] {
  return below(node, { ...of, members: [] }, home);
}

function below(node: Node | undefined, of: Owner, home: Home | undefined): Occurrence[] {
  if (node?.kind === 'list') return node.items.flatMap((item) => below(item, of, home));
  return entriesOf(node).flatMap(({ key, value }): Occurrence[] => [
    { kind: 'output', name: key.text, range: wordRange(key), declares: false, of, ...(home ? { home } : {}) },
    ...below(value, { ...of, members: [...of.members, key.text] }, home),
  ]);
}

/** The keys of a map, which name arguments of a tool. */
export function namedArguments(entries: readonly Entry[], tool: string, declares: boolean): Occurrence[] {
  const of: Owner = { kind: 'tool', name: tool, members: [] };
  return entries.map(({ key }) => ({ kind: 'argument', name: key.text, range: wordRange(key), declares, of }));
}
