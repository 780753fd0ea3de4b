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

/** Where the name at `offset` gets its meaning: a step's id, a tool in its catalog, a role in the policy, a file. */
export function definitionOf(source: SourceFile, offset: number, host: FileHost): Place[] {
  const found = occurrenceAt(source, offset);
  return found ? declarationsOf(source, found, host) : [];
}

/** The places that declare a name. */
export function declarationsOf(source: SourceFile, found: Occurrence, host: FileHost): Place[] {
  switch (found.kind) {
    case 'step':
      return occurrencesIn(source)
        .filter((other) => other.kind === 'step' && other.declares && other.name === found.name)
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

function roleDeclaration(source: SourceFile, role: string, host: FileHost): Place[] {
  const { policy } = source;
  if (!policy) return [];
  const root = policy.uri === source.uri ? source.root : parseYaml(host.read(policy.uri) ?? '').root;
  const entry = entriesOf(get(root, 'roles')).find(({ key }) => key.text === role);
  return entry ? [{ uri: policy.uri, range: wordRange(entry.key) }] : [];
}
