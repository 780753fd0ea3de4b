import type { FileHost } from '../host.js';
import { declarationsOf, type Place } from './definition.js';
import { type Occurrence, occurrenceAt, occurrencesIn } from './occurrences.js';
import type { SourceFile } from './source-file.js';

/**
 * Every use of the name at `offset` in `source` and in the `others` that know the same thing: a tool of one catalog, a
 * role of one policy. Step ids, loop variables, inputs and the like mean nothing outside their file.
 */
export function referencesTo(
  source: SourceFile,
  offset: number,
  others: readonly SourceFile[],
  host: FileHost,
  withDeclaration: boolean,
): Place[] {
  const found = occurrenceAt(source, offset);
  if (!found || found.kind === 'file') return [];
  const declared = declarationsOf(source, found, host)[0]?.uri;
  const files = [source, ...(isShared(found.kind) ? others.filter((other) => other.uri !== source.uri) : [])];
  const places = files.flatMap((file) =>
    occurrencesIn(file)
      .filter((other) => other.kind === found.kind && other.name === found.name && !other.declares)
      .filter((other) => file === source || declarationsOf(file, other, host)[0]?.uri === declared)
      .map(({ range }) => ({ uri: file.uri, range })),
  );
  return withDeclaration ? [...declarationsOf(source, found, host), ...places] : places;
}

function isShared(kind: Occurrence['kind']): boolean {
  return kind === 'tool' || kind === 'role';
}
