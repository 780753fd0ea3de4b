import type { Node, Range } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';
import type { Backend, Catalog, Tool } from './catalog.js';
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
      backend: buildBackend(get(node, 'backend')),
      uri,
      node,
    });
  }
  return { uri, tools };
}

/** A backend that cannot be read answers nothing but what is recorded. */
function buildBackend(node: Node | undefined): Backend {
  const query = textAt(node, 'evidence');
  if (query) return { kind: 'evidence', query: query.value };
  const mcp = get(node, 'mcp');
  const server = textAt(mcp, 'server');
  const tool = textAt(mcp, 'tool');
  if (server && tool) return { kind: 'mcp', server: server.value, tool: tool.value };
  const name = textAt(node, 'built-in');
  return name ? { kind: 'built-in', name: name.value } : { kind: 'recorded' };
}
