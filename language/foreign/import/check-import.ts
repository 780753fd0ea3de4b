import { boundaryOf } from '../../authority/boundary.js';
import type { Boundary } from '../../authority/cell.js';
import { loadPlaybook } from '../../load.js';

/** A file that is to be written. */
export interface ImportedFile {
  readonly name: string;
  readonly text: string;
}

/** Where the files are while they are looked at. */
const FOLDER = 'file:///import/';

/** What our own analysis says of a playbook among files of one folder. */
export function boundaryIn(files: readonly ImportedFile[], name: string): Boundary {
  const texts = new Map(files.map((file) => [`${FOLDER}${file.name}`, file.text]));
  const uri = `${FOLDER}${name}`;
  return boundaryOf(loadPlaybook(uri, texts.get(uri) ?? '', { read: (one) => texts.get(one) }));
}

/** How many files call each other, one after the other. */
export function depthOf(calls: ReadonlyMap<string, readonly string[]>, from: string): number {
  const known = new Map<string, number>();
  const depth = (file: string): number => {
    const before = known.get(file);
    if (before !== undefined) return before;
    const deepest = 1 + Math.max(0, ...(calls.get(file) ?? []).map(depth));
    known.set(file, deepest);
    return deepest;
  };
  return depth(from);
}
