import type { Node, Range } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';
import type { Catalog, Tool } from './catalog.js';
import { AUTONOMY_LEVELS, EFFECTS } from './levels.js';
import { booleanAt, entriesOf, textAt, wordAt, wordRange } from './read.js';
import { objectSchemaOf } from './value-schema.js';

/** The tools of a catalog's YAML tree, by exact name. What a tool does not say counts against it. */
export function buildCatalog(uri: string, root: Node | undefined): Catalog {
  const tools = new Map<string, Tool>();
  for (const entry of entriesOf(get(root, 'tools'))) {
    const node = entry.value;
    if (node?.kind !== 'map') continue;
    const inputRanges = new Map<string, Range>();
    for (const argument of entriesOf(get(node, 'input'))) inputRanges.set(argument.key.text, wordRange(argument.key));
    tools.set(entry.key.text, {
      name: { value: entry.key.text, range: wordRange(entry.key) },
      description: textAt(node, 'description')?.value ?? '',
      effect: wordAt(node, 'effect', EFFECTS)?.value,
      reversible: booleanAt(node, 'reversible') ?? false,
      undo: textAt(node, 'undo'),
      input: objectSchemaOf(get(node, 'input')),
      inputRanges,
      output: objectSchemaOf(get(node, 'output')),
      target: textAt(node, 'target'),
      autonomy: wordAt(node, 'autonomy', AUTONOMY_LEVELS),
      idempotent: booleanAt(node, 'idempotent') ?? false,
      uri,
      node,
    });
  }
  return { uri, tools };
}
