import {
  LSPErrorCodes,
  type PrepareRenameParams,
  type PrepareRenameResult,
  type RenameParams,
  ResponseError,
  type TextDocumentEdit,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { type FileEdits, type Refusal, rename, renameTarget } from '../../language/service/rename.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { toLspRange } from '../positions.js';
import { nameInWorld } from './definition.js';

export function registerRename(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onPrepareRename(
    guarded<PrepareRenameParams, PrepareRenameResult | null | Refused>(
      context,
      'rename',
      null,
      async (params, token) => {
        const at = await nameInWorld(context, params, token);
        const document = workspace.document(params.textDocument.uri);
        if (!at || !document) return null;
        const target = renameTarget(at.file, at.offset, at.world);
        if ('refused' in target) return refusal(target);
        return { range: toLspRange(document, target.range), placeholder: target.word };
      },
    ),
  );
  connection.onRenameRequest(
    guarded<RenameParams, WorkspaceEdit | null | Refused>(context, 'rename', null, async (params, token) => {
      const at = await nameInWorld(context, params, token);
      if (!at) return null;
      const target = renameTarget(at.file, at.offset, at.world);
      if ('refused' in target) return refusal(target);
      const changes = rename(target, params.newName, at.file, at.world);
      return 'refused' in changes ? refusal(changes) : toWorkspaceEdit(context, changes);
    }),
  );
}

type Refused = ResponseError<void>;

/** Editors show the message of a request that failed. */
function refusal({ refused }: Refusal): Refused {
  return new ResponseError(LSPErrorCodes.RequestFailed, refused);
}

/** The changes with the versions they are for, so that an editor refuses them for any other text, where it can do so. */
function toWorkspaceEdit({ client, workspace }: ServerContext, changes: readonly FileEdits[]): WorkspaceEdit {
  const versioned = client().capabilities.workspace?.workspaceEdit?.documentChanges === true;
  const documentChanges: TextDocumentEdit[] = [];
  const plain: { [uri: string]: TextEdit[] } = {};
  for (const { uri, edits } of changes) {
    const document = workspace.names.document(uri);
    if (!document) continue;
    const made = edits.map(({ range, newText }) => ({ range: toLspRange(document, range), newText }));
    plain[uri] = made;
    documentChanges.push({ textDocument: { uri, version: workspace.document(uri)?.version ?? null }, edits: made });
  }
  return versioned ? { documentChanges } : { changes: plain };
}
