import { resolveReference } from '../host.js';
import type { Range } from '../syntax/tree.js';
import type { NamedFile } from './named-file.js';
import { nameAt, type Occurrence } from './occurrence.js';
import { isSameOwner, type Meaning, meaningsOf, type World } from './world.js';

/** A place in some file, in offsets of that file's text. */
export interface Place {
  readonly uri: string;
  readonly range: Range;
}

/**
 * Where the name at `offset` gets its meaning: a step's id, a loop's item, an input, a name of the context, what a step
 * returns, a tool and its arguments in the catalog, a role in the policy, a playbook, a file.
 */
export function definitionOf(file: NamedFile, offset: number, world: World): Place[] {
  const found = nameAt(file.occurrences, offset);
  if (!found) return [];
  if (found.kind === 'file') return [{ uri: resolveReference(file.uri, found.name), range: { start: 0, end: 0 } }];
  return meaningsOf(file, found, world).flatMap((meaning) => placesOf(meaning, declarationsOf(meaning)));
}

/** The places that declare something: one, if all is well. */
export function declarationsOf({ kind, name, of, file }: Meaning): readonly Occurrence[] {
  return file.occurrences.filter(
    (one) => one.declares && one.kind === kind && one.name === name && isSameOwner(one.of, of),
  );
}

export function placesOf({ file: { uri } }: Meaning, found: readonly Occurrence[]): Place[] {
  return found.map(({ range }) => ({ uri, range }));
}
