import { type FileHost, resolveReference } from '../host.js';
import { entriesOf, wordRange } from '../model/read.js';
import { parseYaml } from '../syntax/parse.js';
import type { Range } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';
import { type Occurrence, occurrenceAt, occurrencesIn } from './occurrences.js';
import type { SourceFile } from './source-file.js';

/** A place in some file, in offsets of that file's text. */
export interface Place {
  readonly uri: string;
  readonly range: Range;
}

/**
 * Where the name at `offset` gets its meaning: a step's id, a loop's item, an input, a name of the context, a tool in its
 * catalog, a role in the policy, a file. What a call gives another playbook leads to that one's inputs.
 */
export function definitionOf(source: SourceFile, offset: number, host: FileHost): Place[] {
  const given = inputOfCallee(source, offset);
  if (given) return [given];
  const found = occurrenceAt(source, offset);
  return found ? declarationsOf(source, found, host) : [];
}

/** The places that declare a name. */
export function declarationsOf(source: SourceFile, found: Occurrence, host: FileHost): Place[] {
  switch (found.kind) {
    case 'step':
    case 'item':
    case 'input':
    case 'context':
    case 'tag':
      return occurrencesIn(source)
        .filter((other) => other.kind === found.kind && other.declares && other.name === found.name)
        .map(({ range }) => ({ uri: source.uri, range }));
    case 'tool': {
      const tool = source.tools.get(found.name);
      return tool ? [{ uri: tool.uri, range: tool.name.range }] : [];
    }
    case 'role':
      return roleDeclaration(source, found.name, host);
    case 'file': {
      const uri = resolveReference(source.uri, found.name);
      return host.read(uri) === undefined ? [] : [{ uri, range: { start: 0, end: 0 } }];
    }
  }
}

/** Of an argument of a `call`: where the called playbook declares it. */
function inputOfCallee({ playbook }: SourceFile, offset: number): Place | undefined {
  for (const [step, { uri, loaded }] of playbook?.calls ?? []) {
    const argument = step.with.find(({ name: { range } }) => range.start <= offset && offset <= range.end);
    const inputs = entriesOf(get(loaded?.playbook.node, 'inputs'));
    const declared = argument && inputs.find(({ key }) => key.text === argument.name.value);
    if (declared) return { uri, range: wordRange(declared.key) };
  }
  return undefined;
}

function roleDeclaration(source: SourceFile, role: string, host: FileHost): Place[] {
  const { policy } = source;
  if (!policy) return [];
  const root = policy.uri === source.uri ? source.root : parseYaml(host.read(policy.uri) ?? '').root;
  const entry = entriesOf(get(root, 'roles')).find(({ key }) => key.text === role);
  return entry ? [{ uri: policy.uri, range: wordRange(entry.key) }] : [];
}
