import {
  type ClientCapabilities,
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
import { FIX_ALL_KIND, registerCodeActions } from './features/code-actions.js';
import { registerCodeLens } from './features/code-lens.js';
import { COMPLETION_TRIGGERS, registerCompletion } from './features/completion.js';
import { registerDefinition } from './features/definition.js';
import { createDiagnostics } from './features/diagnostics.js';
import { registerHover } from './features/hover.js';
import { registerInlayHints } from './features/inlay-hints.js';
import { registerLinks } from './features/links.js';
import { registerReferences } from './features/references.js';
import { registerSemanticTokens, semanticTokensOptions } from './features/semantic-tokens.js';
import { registerSignatureHelp, SIGNATURE_TRIGGERS } from './features/signature-help.js';
import { registerSymbols } from './features/symbols.js';
import { createRefresh } from './refresh.js';
import { createSettings } from './settings.js';
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
  const later = (task: () => void): void => {
    setImmediate(() => setImmediate(task));
  };
  const diagnostics = createDiagnostics(context, later);
  const refresh = createRefresh(context, later);
  const personal = createSettings(context, refresh.schedule);
  /** Forgets what rests on the old text of a file, and says which documents are to be checked again. */
  const invalidate = (uri: string): string[] => {
    const stale = workspace.invalidate(uri);
    if (stale.length > 0) refresh.schedule();
    return stale;
  };

  connection.onInitialize((params) => {
    settings = { capabilities: params.capabilities, docsUri: docsUriOf(params), commands: commandsOf(params) };
    workspace.setFolders(foldersOf(params));
    return initialized(params.capabilities);
  });
  connection.onInitialized(() => {
    personal.listen();
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
    diagnostics.schedule([document.uri, ...invalidate(document.uri)]);
  });
  documents.onDidClose(({ document }) => {
    workspace.close(document.uri);
    diagnostics.clear(document.uri);
    tokens.forget(document.uri);
    // From now on the file on disk counts, which may say something else.
    diagnostics.schedule(invalidate(document.uri));
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    diagnostics.schedule(changes.flatMap(({ uri }) => invalidate(uri)));
  });

  registerCompletion(context);
  registerHover(context);
  registerSignatureHelp(context);
  registerInlayHints(context, personal);
  registerCodeLens(context, personal);
  const tokens = registerSemanticTokens(context);
  registerDefinition(context);
  registerReferences(context);
  registerSymbols(context);
  registerCodeActions(context);
  registerLinks(context);
  registerCases(context);

  documents.listen(connection);
  connection.listen();
}

/** What the server does, as far as the client can use it. */
function initialized(capabilities: ClientCapabilities): InitializeResult {
  const { textDocument } = capabilities;
  const semanticTokensProvider = semanticTokensOptions(capabilities);
  return {
    serverInfo: { name: 'countersign' },
    capabilities: {
      positionEncoding: PositionEncodingKind.UTF16,
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      completionProvider: { triggerCharacters: COMPLETION_TRIGGERS },
      hoverProvider: true,
      ...(textDocument?.signatureHelp ? { signatureHelpProvider: { triggerCharacters: SIGNATURE_TRIGGERS } } : {}),
      ...(textDocument?.inlayHint ? { inlayHintProvider: true } : {}),
      ...(textDocument?.codeLens ? { codeLensProvider: {} } : {}),
      ...(semanticTokensProvider ? { semanticTokensProvider } : {}),
      definitionProvider: true,
      referencesProvider: true,
      documentSymbolProvider: true,
      codeActionProvider: { codeActionKinds: ['quickfix', FIX_ALL_KIND] },
      documentLinkProvider: {},
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
  };
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): string[] {
  if (workspaceFolders) return workspaceFolders.map((folder) => folder.uri);
  return rootUri ? [rootUri] : [];
}

/** The commands of ours that the client can run. */
function commandsOf({ initializationOptions }: InitializeParams): ReadonlySet<string> {
  const options: unknown = initializationOptions;
  if (typeof options !== 'object' || options === null || !('commands' in options)) return new Set();
  const { commands } = options;
  return new Set(Array.isArray(commands) ? commands.filter((one) => typeof one === 'string') : []);
}

function docsUriOf({ initializationOptions }: InitializeParams): string | undefined {
  const options: unknown = initializationOptions;
  if (typeof options !== 'object' || options === null || !('docsUri' in options)) return undefined;
  const { docsUri } = options;
  if (typeof docsUri !== 'string' || docsUri === '') return undefined;
  return docsUri.endsWith('/') ? docsUri : `${docsUri}/`;
}
