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
import { registerBoundary } from './features/boundary.js';
import { registerCases } from './features/cases.js';
import { CODE_ACTIONS, registerCodeActions } from './features/code-actions.js';
import { registerCodeLens } from './features/code-lens.js';
import { registerCompareBoundary } from './features/compare-boundary.js';
import { COMPLETION, registerCompletion } from './features/completion.js';
import { registerFormatting } from './features/formatting.js';
import { registerGraph } from './features/graph.js';
import { registerHover } from './features/hover.js';
import { registerImport } from './features/import-foreign.js';
import { registerInlayHints } from './features/inlay-hints.js';
import { registerLinks } from './features/links.js';
import { navigationCapabilities, registerNavigation } from './features/navigation.js';
import { registerPolicyTests } from './features/policy-tests.js';
import { registerPullDiagnostics } from './features/pull-diagnostics.js';
import { pushDiagnostics } from './features/push-diagnostics.js';
import { registerSemanticTokens, semanticTokensOptions } from './features/semantic-tokens.js';
import { registerSignatureHelp, SIGNATURE_TRIGGERS } from './features/signature-help.js';
import { registerSteps } from './features/steps.js';
import { registerSymbols } from './features/symbols.js';
import { createForeign } from './foreign/foreign.js';
import { type Encoding, encodingFor } from './positions.js';
import { createRefresh } from './refresh.js';
import { createSettings } from './settings.js';
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
  // The connection handles one message per turn of the event loop: after two turns a waiting one has been seen.
  const foreign = createForeign(workspace, () => new Promise((go) => setImmediate(() => setImmediate(go))));
  const context: ServerContext = { connection, workspace, foreign, client: () => settings };
  const turns = createTurns(SYSTEM_CLOCK, (uri) => workspace.took(uri) || foreign.took(uri));
  const pushed = pushDiagnostics(context, turns);
  let watching = false;
  const pulled = registerPullDiagnostics(context, turns, () => watching);
  const refresh = createRefresh(context, (task) => setImmediate(() => setImmediate(task)));
  const personal = createSettings(context, refresh.schedule);

  /** Files changed, in the editor or outside: has what depends on them, and `also`, checked again. */
  const changed = (uris: readonly string[], also: readonly string[] = []): void => {
    const stale = new Set<string>();
    for (const uri of uris) {
      const dependents = [...workspace.invalidate(uri), ...foreign.dependents(uri)];
      pulled.changed(uri, dependents);
      for (const dependent of dependents) stale.add(dependent);
    }
    if (stale.size > 0) refresh.schedule();
    check([...new Set([...also, ...stale])]);
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
    settings = { capabilities: params.capabilities, docsUri: docsUriOf(params), commands: commandsOf(params) };
    workspace.setFolders(foldersOf(params));
    workspace.encoding = encodingFor(params.capabilities);
    return initialized(settings, workspace.encoding);
  });
  connection.onInitialized(() => {
    personal.listen();
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
    tokens.forget(document.uri);
    if (!asksForDiagnostics(settings)) pushed.clear(document.uri);
    turns.forget(document.uri);
    foreign.forget(document.uri);
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
  registerSignatureHelp(context);
  registerInlayHints(context, personal);
  registerCodeLens(context, personal);
  const tokens = registerSemanticTokens(context);
  registerNavigation(context);
  const outlines = registerSymbols(context);
  registerCodeActions(context);
  registerFormatting(context);
  registerLinks(context);
  registerCases(context);
  registerBoundary(context);
  registerGraph(context);
  registerImport(context);
  registerCompareBoundary(context);
  registerSteps(context);
  registerPolicyTests(context);

  documents.listen(connection);
  connection.listen();
}

/** Whether a client fetches diagnostics itself. */
function asksForDiagnostics({ capabilities }: ClientSettings): boolean {
  return capabilities.textDocument?.diagnostic !== undefined;
}

/** What the server does, as far as the client can use it. */
function initialized(settings: ClientSettings, encoding: Encoding): InitializeResult {
  const { capabilities } = settings;
  const { textDocument } = capabilities;
  const semanticTokensProvider = semanticTokensOptions(capabilities);
  return {
    serverInfo: { name: 'countersign' },
    capabilities: {
      positionEncoding: encoding,
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      completionProvider: COMPLETION,
      hoverProvider: true,
      ...(textDocument?.signatureHelp ? { signatureHelpProvider: { triggerCharacters: SIGNATURE_TRIGGERS } } : {}),
      ...(textDocument?.inlayHint ? { inlayHintProvider: true } : {}),
      ...(textDocument?.codeLens ? { codeLensProvider: {} } : {}),
      ...(semanticTokensProvider ? { semanticTokensProvider } : {}),
      documentSymbolProvider: true,
      codeActionProvider: CODE_ACTIONS,
      documentFormattingProvider: true,
      documentRangeFormattingProvider: true,
      documentOnTypeFormattingProvider: { firstTriggerCharacter: '\n' },
      documentLinkProvider: {},
      ...navigationCapabilities(capabilities),
      ...(asksForDiagnostics(settings)
        ? { diagnosticProvider: { identifier: 'countersign', interFileDependencies: true, workspaceDiagnostics: true } }
        : {}),
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
