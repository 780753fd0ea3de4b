import { RequestType } from 'vscode-languageserver/node';
import { resolveReference } from '../../language/host.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { IMPORT_REQUEST, type ImportParams, type ImportReply } from '../protocol/import-requests.js';

const ImportRequest = new RequestType<ImportParams, ImportReply, void>(IMPORT_REQUEST);

const FAILED: ImportReply = { kind: 'none', reason: 'Something of ours failed; "Countersign: Show Output" has more.' };

/** Answers what a playbook of another product becomes as one of ours. */
export function registerImport(context: ServerContext): void {
  const { connection, foreign, workspace } = context;
  connection.onRequest(
    ImportRequest,
    guarded(context, 'import', FAILED, async ({ uri, folder }): Promise<ImportReply> => {
      const reading = await foreign.read(uri);
      const inFolder = `${folder.replace(/\/$/, '')}/x`;
      return (
        reading?.imported((reference) => workspace.read(resolveReference(inFolder, reference))) ?? {
          kind: 'none',
          reason: 'It is no playbook of a product that is known.',
        }
      );
    }),
  );
}
