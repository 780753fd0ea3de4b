import type { ImportReply } from '../../server/protocol/import-requests.js';

/** What a person is told of a playbook that was imported. */
export function importedWords(
  name: string,
  { product, undecided, notes }: Extract<ImportReply, { kind: 'files' }>,
): string {
  const steps = undecided === 1 ? '1 step is' : `${undecided} steps are`;
  const left =
    undecided === 0
      ? `Every act has the level it has in ${product}.`
      : `${steps} as ${product} has ${undecided === 1 ? 'it' : 'them'}, and nobody here has decided so. Until somebody does, nothing of it runs: the Problems view has each.`;
  const [first] = notes;
  const more = notes.length > 1 ? ` (and ${notes.length - 1} more)` : '';
  return `${name} is imported. ${left}${first === undefined ? '' : ` ${first}${more}`}`;
}
