import type { Range } from '../syntax/tree.js';
import type { NamedFile } from './named-file.js';
import { identityOf, nameAt } from './occurrence.js';

/** A name in a file that means the same as the one under the cursor: `write` where it gets its meaning. */
export interface Highlight {
  readonly range: Range;
  readonly kind: 'read' | 'write';
}

/** Every occurrence in this file of what the name at `offset` means, in source order. */
export function highlightsAt({ occurrences }: NamedFile, offset: number): Highlight[] {
  const found = nameAt(occurrences, offset);
  if (!found) return [];
  const identity = identityOf(found);
  return occurrences
    .filter((one) => one.kind === found.kind && one.name === found.name && identityOf(one) === identity)
    .map(({ range, declares }): Highlight => ({ range, kind: declares ? 'write' : 'read' }))
    .sort((a, b) => a.range.start - b.range.start);
}
