import {
  type Connection,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  PositionEncodingKind,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { ClientSettings, ServerContext } from './context.js';
import type { Disk } from './disk.js';
import { registerCases } from './features/cases.js';
import { CODE_ACTIONS, registerCodeActions } from './features/code-actions.js';
import { COMPLETION, registerCompletion } from './features/completion.js';
import { registerDefinition } from './features/definition.js';
import { createDiagnostics } from './features/diagnostics.js';
import { registerFormatting } from './features/formatting.js';
import { registerHover } from './features/hover.js';
import { registerLinks } from './features/links.js';
import { registerReferences } from './features/references.js';
import { registerSymbols } from './features/symbols.js';
import { Workspace } from './workspace.js';

/** Everything a playbook can refer to. */
const WATCHED = '**/*.{yaml,yml,json}';

/** Serves one client over a connection until it goes. `disk` answers for files that are not open. */
export function serve(connection: Connection, disk: Disk): void {
  const workspace = new Workspace(disk);
  const documents = new TextDocuments(TextDocument);
  let settings: ClientSettings = { capabilities: {}, docsUri: undefined };
  const context: ServerContext = { connection, workspace, client: () => settings };
  // The connection handles one message per turn of the event loop: after two turns a waiting one has been seen.
  const diagnostics = createDiagnostics(context, (task) => setImmediate(() => setImmediate(task)));

  connection.onInitialize((params) => {
    settings = { capabilities: params.capabilities, docsUri: docsUriOf(params) };
    workspace.setFolders(foldersOf(params));
    return CAPABILITIES;
  });
  connection.onInitialized(() => {
    const says = settings.capabilities.workspace;
    if (says?.didChangeWatchedFiles?.dynamicRegistration) {
      connection.client
        .register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: WATCHED }] })
        .catch(() => connection.console.warn('Changes of files outside the editor will not be seen.'));
    }
    if (says?.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map((folder) => folder.uri));
        const kept = workspace.folders.filter((uri) => !gone.has(uri));
        workspace.setFolders([...kept, ...added.map((folder) => folder.uri)]);
      });
    }
  });

  documents.onDidChangeContent(({ document }) => {
    workspace.put(document);
    diagnostics.schedule([document.uri, ...workspace.invalidate(document.uri)]);
  });
  documents.onDidClose(({ document }) => {
    workspace.close(document.uri);
    diagnostics.clear(document.uri);
    // From now on the file on disk counts, which may say something else.
    diagnostics.schedule(workspace.invalidate(document.uri));
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    diagnostics.schedule(changes.flatMap(({ uri }) => workspace.invalidate(uri)));
  });

  registerCompletion(context);
  registerHover(context);
  registerDefinition(context);
  registerReferences(context);
  registerSymbols(context);
  registerCodeActions(context);
  registerFormatting(context);
  registerLinks(context);
  registerCases(context);

  documents.listen(connection);
  connection.listen();
}

const CAPABILITIES: InitializeResult = {
  serverInfo: { name: 'countersign' },
  capabilities: {
    positionEncoding: PositionEncodingKind.UTF16,
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    completionProvider: COMPLETION,
    hoverProvider: true,
    definitionProvider: true,
    referencesProvider: true,
    documentSymbolProvider: true,
    codeActionProvider: CODE_ACTIONS,
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    documentOnTypeFormattingProvider: { firstTriggerCharacter: '\n' },
    documentLinkProvider: {},
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  },
};

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): string[] {
  if (workspaceFolders) return workspaceFolders.map((folder) => folder.uri);
  return rootUri ? [rootUri] : [];
}

function docsUriOf({ initializationOptions }: InitializeParams): string | undefined {
  const options: unknown = initializationOptions;
  if (typeof options !== 'object' || options === null || !('docsUri' in options)) return undefined;
  const { docsUri } = options;
  if (typeof docsUri !== 'string' || docsUri === '') return undefined;
  return docsUri.endsWith('/') ? docsUri : `${docsUri}/`;
}
