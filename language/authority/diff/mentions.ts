import { resolveReference } from '../../host.js';
import { parseYaml } from '../../syntax/parse.js';
import { get, type Node } from '../../syntax/tree.js';
import type { State } from './states.js';

/** What a playbook's text names, without reading what it means. */
interface Mentions {
  readonly id: string | undefined;
  /** URIs of the files it names; `undefined` where its YAML has errors, so that something may be missing. */
  readonly files: readonly string[] | undefined;
}

/** Tells of playbooks whether anything they rest on differs between two states, each file being looked at once. */
export function touchedBetween(
  before: State,
  after: State,
): (uri: string) => { readonly touched: boolean; readonly id: string | undefined } {
  const known = new Map<string, Mentions>();
  const differs = new Map<string, boolean>();
  const isOther = (uri: string): boolean => {
    const found = differs.get(uri) ?? before.host.read(uri) !== after.host.read(uri);
    differs.set(uri, found);
    return found;
  };
  const mentions = (uri: string): Mentions => {
    const found = known.get(uri) ?? mentionsIn(uri, after.host.read(uri));
    known.set(uri, found);
    return found;
  };
  return (uri) => {
    const { id } = mentions(uri);
    const seen = new Set([uri]);
    for (const file of seen) {
      if (isOther(file)) return { touched: true, id };
      const { files } = mentions(file);
      // Only a playbook names further files, and each kind of file is read as one: what is none names nothing.
      if (files === undefined) return { touched: true, id };
      for (const one of files) seen.add(one);
    }
    return { touched: false, id };
  };
}

function mentionsIn(uri: string, text: string | undefined): Mentions {
  if (text === undefined) return { id: undefined, files: [] };
  const { root, problems } = parseYaml(text);
  const id = textOf(get(root, 'playbook'));
  if (problems.some(({ severity }) => severity === 'error')) return { id, files: undefined };
  const named = [
    ...textsIn(get(root, 'catalogs')),
    ...textsIn(get(root, 'policy')),
    ...textsIn(get(root, 'context')),
    ...callsIn(get(root, 'steps')),
  ];
  return { id, files: named.map((reference) => resolveReference(uri, reference)) };
}

/** Every text in a node, keys left out. */
function* textsIn(node: Node | undefined): Generator<string> {
  switch (node?.kind) {
    case 'scalar':
      yield node.text;
      break;
    case 'list':
      for (const item of node.items) yield* textsIn(item);
      break;
    case 'map':
      for (const { value } of node.entries) yield* textsIn(value);
      break;
  }
}

/** What any `call` below a node names, wherever it stands: more than there are calls, never fewer. */
function* callsIn(node: Node | undefined): Generator<string> {
  if (node?.kind === 'list') for (const item of node.items) yield* callsIn(item);
  if (node?.kind !== 'map') return;
  for (const { key, value } of node.entries) {
    if (key.text === 'call') yield* textsIn(value);
    else yield* callsIn(value);
  }
}

function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.text : undefined;
}
