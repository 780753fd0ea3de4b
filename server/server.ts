import {
  type Connection,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node';
import type { ClientSettings, ServerContext } from './context.js';
import type { Disk } from './disk.js';
import { Document } from './document.js';
import { registerCases } from './features/cases.js';
import { FIX_ALL_KIND, registerCodeActions } from './features/code-actions.js';
import { COMPLETION_TRIGGERS, registerCompletion } from './features/completion.js';
import { registerHover } from './features/hover.js';
import { registerLinks } from './features/links.js';
import { navigationCapabilities, registerNavigation } from './features/navigation.js';
import { registerPullDiagnostics } from './features/pull-diagnostics.js';
import { pushDiagnostics } from './features/push-diagnostics.js';
import { registerSymbols } from './features/symbols.js';
import { type Encoding, encodingFor } from './positions.js';
import { createTurns, SYSTEM_CLOCK } from './turns.js';
import { Workspace } from './workspace.js';

/** Everything a playbook can refer to. */
const WATCHED = '**/*.{yaml,yml,json}';

/** Serves one client over a connection until it goes. `disk` answers for files that are not open. */
export function serve(connection: Connection, disk: Disk): void {
  const workspace = new Workspace(disk);
  const { names } = workspace;
  const documents = new TextDocuments<Document>({
    create: (uri, languageId, version, text) => new Document(uri, languageId, version, text, workspace.encoding),
    update: (document, changes, version) => document.changed(changes, version),
  });
  let settings: ClientSettings = { capabilities: {}, docsUri: undefined };
  const context: ServerContext = { connection, workspace, client: () => settings };
  const turns = createTurns(SYSTEM_CLOCK, (uri) => workspace.took(uri));
  const pushed = pushDiagnostics(context, turns);
  let watching = false;
  const pulled = registerPullDiagnostics(context, turns, () => watching);

  /** Files changed, in the editor or outside: has what depends on them, and `also`, checked again. */
  const changed = (uris: readonly string[], also: readonly string[] = []): void => {
    const stale = new Set(also);
    for (const uri of uris) {
      const dependents = workspace.invalidate(uri);
      pulled.changed(uri, dependents);
      for (const dependent of dependents) stale.add(dependent);
    }
    check([...stale]);
  };
  const check = (uris: readonly string[]): void => {
    for (const uri of uris) turns.changed(uri);
    // A client that asks for diagnostics would show those it is told unasked a second time.
    if (!asksForDiagnostics(settings)) pushed.schedule(uris);
  };
  const foldersChanged = (uris: readonly string[]): void => {
    workspace.setFolders(uris);
    pulled.changedAll();
    check(workspace.documents().map(({ uri }) => uri));
  };

  connection.onInitialize((params) => {
    settings = { capabilities: params.capabilities, docsUri: docsUriOf(params) };
    workspace.setFolders(foldersOf(params));
    workspace.encoding = encodingFor(params.capabilities);
    return capabilitiesFor(settings, workspace.encoding);
  });
  connection.onInitialized(() => {
    const says = settings.capabilities.workspace;
    if (says?.didChangeWatchedFiles?.dynamicRegistration) {
      connection.client
        .register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: WATCHED }] })
        .then(() => {
          watching = true;
          names.watch();
        })
        .catch(() => connection.console.warn('Changes of files outside the editor will not be seen.'));
    }
    if (says?.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map((folder) => folder.uri));
        const kept = workspace.folders.filter((uri) => !gone.has(uri));
        foldersChanged([...kept, ...added.map((folder) => folder.uri)]);
        names.filesChanged();
      });
    }
  });

  documents.onDidChangeContent(({ document }) => {
    workspace.put(document);
    changed([document.uri], [document.uri]);
  });
  documents.onDidOpen(() => names.filesChanged());
  documents.onDidClose(({ document }) => {
    workspace.close(document.uri);
    names.filesChanged();
    outlines.forget(document.uri);
    if (!asksForDiagnostics(settings)) pushed.clear(document.uri);
    turns.forget(document.uri);
    // From now on the file on disk counts, which may say something else.
    changed([document.uri]);
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    if (changes.some(({ type }) => type !== FileChangeType.Changed)) names.filesChanged();
    // Of what is open the editor's text counts.
    changed(changes.map(({ uri }) => uri).filter((uri) => !workspace.document(uri)));
  });

  registerCompletion(context);
  registerHover(context);
  registerNavigation(context);
  const outlines = registerSymbols(context);
  registerCodeActions(context);
  registerLinks(context);
  registerCases(context);

  documents.listen(connection);
  connection.listen();
}

/** Whether a client fetches diagnostics itself. */
function asksForDiagnostics({ capabilities }: ClientSettings): boolean {
  return capabilities.textDocument?.diagnostic !== undefined;
}

const capabilitiesFor = (settings: ClientSettings, encoding: Encoding): InitializeResult => ({
  serverInfo: { name: 'countersign' },
  capabilities: {
    positionEncoding: encoding,
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    completionProvider: { triggerCharacters: COMPLETION_TRIGGERS },
    hoverProvider: true,
    documentSymbolProvider: true,
    codeActionProvider: { codeActionKinds: ['quickfix', FIX_ALL_KIND] },
    documentLinkProvider: {},
    ...navigationCapabilities(settings.capabilities),
    ...(asksForDiagnostics(settings)
      ? { diagnosticProvider: { identifier: 'countersign', interFileDependencies: true, workspaceDiagnostics: true } }
      : {}),
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  },
});

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
