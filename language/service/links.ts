import { resolveReference } from '../host.js';
import type { Range } from '../syntax/tree.js';
import { occurrencesIn } from './occurrences.js';
import type { SourceFile } from './source-file.js';

/** A reference to another file that can be opened. */
export interface FileLink {
  readonly range: Range;
  readonly target: string;
}

/** The files a file names: catalogs, policy, alert. */
export function fileLinks(source: SourceFile): FileLink[] {
  return occurrencesIn(source)
    .filter((found) => found.kind === 'file')
    .map(({ name, range }) => ({ range, target: resolveReference(source.uri, name) }));
}
