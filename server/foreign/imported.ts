import { createHash } from 'node:crypto';
import { idsBy } from '../../language/foreign/cacao/ids.js';
import { otherThanMeant, readExport } from '../../language/foreign/cacao/read-export.js';
import { importAll } from '../../language/foreign/import/import-all.js';
import type { ImportOptions } from '../../language/foreign/import/import-foreign.js';
import { FOREIGN_FORMATS, type ForeignPlaybook } from '../../language/foreign/model.js';
import { indexLines, type LineIndex } from '../../language/syntax/lines.js';
import type { ImportReply } from '../protocol/import-requests.js';

const idOf = idsBy((bytes, text) =>
  createHash('sha1').update(Buffer.from(bytes, 'hex')).update(text, 'utf8').digest('hex'),
);

/**
 * What the playbooks of a file become, as `countersign import` has it: all of them, or none.
 * @param besideOf the text of a file in the folder they go to
 */
export function imported(
  playbooks: readonly ForeignPlaybook[],
  using: Pick<ImportOptions, 'find' | 'catalogs'>,
  textOf: (uri: string) => string,
  besideOf: (reference: string) => string | undefined,
): ImportReply {
  const [first] = playbooks;
  if (first === undefined) return { kind: 'none', reason: 'It is no playbook of a product that is known.' };
  const product = FOREIGN_FORMATS[first.format];
  if (first.format === 'cacao') {
    const own = exported(textOf(first.uri), product, besideOf);
    if (own) return own;
  }
  const lines = new Map<string, LineIndex>();
  const placeOf = (uri: string, offset: number): string => {
    const known = lines.get(uri) ?? indexLines(textOf(uri));
    lines.set(uri, known);
    return `${decoded(uri.slice(uri.lastIndexOf('/') + 1))}:${known.positionAt(offset).line + 1}`;
  };
  const made = importAll(playbooks, { ...using, placeOf });
  if (!made.ok) return { kind: 'none', reason: made.why };
  const { files, undecided, notes } = made;
  return { kind: 'files', product, files, undecided, notes };
}

/** The playbook of ours that a CACAO file is the export of; `undefined`: it is none. */
function exported(
  text: string,
  product: string,
  besideOf: (reference: string) => string | undefined,
): ImportReply | undefined {
  const found = readExport(text, idOf);
  if (!found.ok) {
    if (found.foreign) return undefined;
    const next = 'It was changed after it was exported, or another version exported it: ask for the playbook itself.';
    return { kind: 'none', reason: `${found.why} ${next}` };
  }
  const other = otherThanMeant(found.calls, besideOf, idOf);
  if (other !== undefined) {
    const reason = `It calls "${other}", and there is another playbook of that name than the one it was exported with. Choose another folder.`;
    return { kind: 'none', reason };
  }
  const notes = ['Catalogs, policy, context and playbooks it refers to are not in a CACAO file.'];
  return { kind: 'files', product, files: [{ name: found.file, text: found.source }], undecided: 0, notes };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
