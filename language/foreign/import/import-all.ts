import type { ForeignPlaybook } from '../model.js';
import type { ImportedFile } from './check-import.js';
import { type ForeignImport, type ImportOptions, importForeign } from './import-foreign.js';

/** What the playbooks of a file become together, with no file named twice. */
export type ImportOfAll =
  | {
      readonly ok: true;
      readonly files: readonly ImportedFile[];
      readonly notes: readonly string[];
      /** How many steps nobody has decided on. */
      readonly undecided: number;
    }
  /** Why none of them is imported; a sentence. */
  | { readonly ok: false; readonly why: string };

/** Imports all of some playbooks, or none. */
export function importAll(playbooks: readonly ForeignPlaybook[], options: Omit<ImportOptions, 'taken'>): ImportOfAll {
  const made: ForeignImport[] = [];
  for (const playbook of playbooks) {
    const taken = made.flatMap(({ files }) => files.map(({ name }) => name));
    const one = importForeign(playbook, { ...options, taken });
    if (!one.ok) return one;
    made.push(one);
  }
  const files = made.flatMap((one) => one.files);
  const notes = made.flatMap((one) => one.notes);
  // As the writer has it: no text of the original stands at the start of a line.
  const undecided = files.reduce((sum, { text }) => sum + (text.match(/^ +undecided: /gm)?.length ?? 0), 0);
  return { ok: true, files, notes, undecided };
}
