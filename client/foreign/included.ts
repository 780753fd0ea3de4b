import { randomUUID } from 'node:crypto';
import type { Disposable, Uri } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';

/**
 * Has the language server look after one file whose name does not say that it is one of ours: its text goes there as it is typed, and its
 * problems come back. Of nothing else does the server hear, neither of other files nor of what the pointer is on. Dispose of it, and the
 * server forgets the file.
 */
export function includeFile(client: LanguageClient, { scheme, fsPath }: Uri): Disposable {
  const documentSelector = [{ scheme, pattern: literal(fsPath) }];
  const open = client.getFeature('textDocument/didOpen');
  const change = client.getFeature('textDocument/didChange');
  const close = client.getFeature('textDocument/didClose');
  const diagnostics = client.getFeature('textDocument/diagnostic');
  const id = randomUUID();
  // First what the others rest on: a text has to be there before it is asked about.
  change.register({ id, registerOptions: { documentSelector, syncKind: INCREMENTAL } });
  close.register({ id, registerOptions: { documentSelector } });
  open.register({ id, registerOptions: { documentSelector } });
  const pulled = { documentSelector, identifier: id, interFileDependencies: true, workspaceDiagnostics: false };
  diagnostics.register({ id, registerOptions: pulled });
  return {
    dispose: () => {
      diagnostics.unregister(id);
      open.unregister(id);
      change.unregister(id);
      close.unregister(id);
    },
  };
}

/** `TextDocumentSyncKind.Incremental` of the protocol; its library is not loaded to start with. */
const INCREMENTAL = 2;

/** A pattern that this path alone fits, but for one that differs where it has signs that mean something in patterns. */
function literal(fsPath: string): string {
  return fsPath.replaceAll('\\', '/').replace(/[*?[\]{}!]/g, '?');
}
