import type { Range } from '../syntax/tree.js';
import type { NamedFile } from './named-file.js';
import { identityOf, nameAt, wordOf } from './occurrence.js';

/** What such a name is made of. Empty in between, when somebody types a new one over it. */
export const LINKED_WORD = '[a-z0-9_]*';

/**
 * The places that change together while the id of a step, or the name of a loop's item, is typed over: that word and what
 * refers to it in this file. Only where it is declared: whoever edits one reference means another step, not another name.
 * `undefined` where a place spells it another way, and where two steps have the id.
 */
export function linkedRanges({ occurrences, text }: NamedFile, offset: number): Range[] | undefined {
  const found = nameAt(occurrences, offset);
  if (!found?.declares || (found.kind !== 'step' && found.kind !== 'item')) return undefined;
  const identity = identityOf(found);
  const same = occurrences.filter(
    (one) => one.kind === found.kind && one.name === found.name && identityOf(one) === identity,
  );
  const word = wordOf(found);
  const isPlain = same.every(({ range }) => text.slice(range.start, range.end) === word);
  if (!isPlain || same.filter(({ declares }) => declares).length > 1) return undefined;
  return same.map(({ range }) => range).sort((a, b) => a.start - b.start);
}
