import type {
  CreateFile,
  SnippetTextEdit,
  TextDocumentEdit,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { FileChange } from '../../language/service/proposal.js';
import { escapeSnippet } from '../../language/service/snippets.js';
import type { ServerContext } from '../context.js';
import { toLspRange } from '../positions.js';

/** Whether the client makes files as part of an edit. */
export function canCreateFiles({ client }: ServerContext): boolean {
  const says = client().capabilities.workspace?.workspaceEdit;
  return says?.documentChanges === true && says.resourceOperations?.includes('create') === true;
}

/**
 * Changes of files as the client takes them; `undefined` where a file would have to be made and the client cannot. `after` is
 * the text behind which the cursor is to stand, for clients that can put it there.
 */
export function toWorkspaceEdit(
  context: ServerContext,
  changes: readonly FileChange[],
  { after }: { readonly after?: string } = {},
): WorkspaceEdit | undefined {
  const { workspace, client } = context;
  const says = client().capabilities.workspace?.workspaceEdit;
  const creates = changes.some(({ create }) => create);
  if (changes.length === 0 || (creates && !canCreateFiles(context))) return undefined;
  const documentOf = (uri: string): TextDocument => workspace.textDocument(uri) ?? workspace.documentOf(uri, '');
  const plain = ({ uri, edits }: FileChange): TextEdit[] =>
    edits.map(({ range, newText }) => ({ range: toLspRange(documentOf(uri), range), newText }));
  const stop = after !== undefined && says?.snippetEditSupport === true ? after : undefined;
  if (says?.documentChanges !== true || !(creates || stop !== undefined)) {
    return { changes: Object.fromEntries(changes.map((change) => [change.uri, plain(change)])) };
  }
  const edit = (change: FileChange): TextDocumentEdit => ({
    textDocument: { uri: change.uri, version: workspace.document(change.uri)?.version ?? null },
    edits: plain(change).map((one) => (stop === undefined ? one : withStop(one, stop))),
  });
  return {
    documentChanges: changes.flatMap((change): (CreateFile | TextDocumentEdit)[] =>
      change.create
        ? [{ kind: 'create', uri: change.uri, options: { ignoreIfExists: true } }, edit(change)]
        : [edit(change)],
    ),
  };
}

function withStop({ range, newText }: TextEdit, after: string): TextEdit | SnippetTextEdit {
  const at = newText.lastIndexOf(after);
  if (at < 0) return { range, newText };
  const value = `${escapeSnippet(newText.slice(0, at + after.length))}\${1}${escapeSnippet(newText.slice(at + after.length))}`;
  return { range, snippet: { kind: 'snippet', value } };
}
