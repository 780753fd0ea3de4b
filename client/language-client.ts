import { type CancellationToken, type Disposable, type ExtensionContext, type LogOutputChannel, Uri } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  COMPARE_REQUEST,
  type CompareParams,
  type CompareReply,
  REVIEW_REQUEST,
  REVISION_TEXT_REQUEST,
  REVISIONS_REQUEST,
  type ReviewParams,
  type ReviewReply,
  type RevisionsParams,
  type RevisionsReply,
  type RevisionTextParams,
} from '../server/protocol/compare-requests.js';
import { SERVER_ENGINE_FLAGS } from '../server/protocol/engine-flags.js';
import { GRAPH_REQUEST, type GraphParams, type GraphReply } from '../server/protocol/graph.js';
import { IMPORT_REQUEST, type ImportParams, type ImportReply } from '../server/protocol/import-requests.js';
import {
  BOUNDARY_REQUEST,
  type BoundaryParams,
  type BoundaryReply,
  CASES_REQUEST,
  type CaseItem,
  type CasesParams,
  POLICY_TESTS_REQUEST,
  type PolicyTestItem,
  type PolicyTestsParams,
  STEPS_REQUEST,
  type StepItem,
  type StepsParams,
} from '../server/protocol/requests.js';
import { includeFile } from './foreign/included.js';
import { loadLanguageClient } from './libraries/load.js';
import { COMMANDS, FILE_PATTERNS } from './names.js';

export interface Language {
  /** Starts the server when it is not running yet; resolves when it answers. */
  readonly start: () => Promise<void>;
  /** The cases in the workspace for a playbook. */
  readonly cases: (playbook: Uri) => Promise<readonly CaseItem[]>;
  /** What a playbook may do; `null`: it is no playbook. */
  readonly boundary: (playbook: Uri) => Promise<BoundaryReply | null>;
  /** How the steps of a playbook hang together; `null`: it is no playbook. */
  readonly graph: (playbook: Uri) => Promise<GraphReply | null>;
  /** A playbook of another product as one of ours, to go to a folder. */
  readonly importForeign: (playbook: Uri, folder: Uri) => Promise<ImportReply>;
  /** The steps of a playbook, in the order of its text. */
  readonly steps: (playbook: Uri) => Promise<readonly StepItem[]>;
  /** The tests in a file of tests of a policy, in its order. */
  readonly policyTests: (file: Uri) => Promise<readonly PolicyTestItem[]>;
  /** What boundaries can be compared with, in the repository of a file or folder. Starts git, as the next three do. */
  readonly revisions: (uri: Uri) => Promise<RevisionsReply>;
  /** @param revision `null`: where HEAD left the branch that changes go into */
  readonly compareBoundary: (playbook: Uri, revision: string | null, token: CancellationToken) => Promise<CompareReply>;
  /** As `compareBoundary`, of all playbooks of the workspace that lie in the repository of a file or folder. */
  readonly reviewBoundaries: (uri: Uri, revision: string | null, token: CancellationToken) => Promise<ReviewReply>;
  /** The text of a file in a commit; `null`: it is not there. */
  readonly revisionText: (file: Uri, commit: string) => Promise<string | null>;
  /** Has the server look after a file whose name does not say that it is one of ours, until what this gives is disposed of. */
  readonly include: (uri: Uri) => Promise<Disposable>;
  readonly stop: () => Promise<void>;
}

/**
 * The language server as a child process of its own; the client starts it again when it dies. The server itself asks for
 * the file changes it wants: it knows what a playbook can refer to.
 */
export function createLanguage(context: ExtensionContext, output: LogOutputChannel): Language {
  let client: LanguageClient | undefined;
  let started: Promise<LanguageClient> | undefined;
  const start = (): Promise<LanguageClient> => {
    started ??= begin().catch((error: unknown) => {
      // A start that failed may be tried again: by then the person may have put right what was in its way.
      started = undefined;
      throw error;
    });
    return started;
  };
  /** Files beside ours, with what has the server that runs look after them. */
  const included = new Map<object, { readonly uri: Uri; held: Disposable | undefined }>();
  const begin = async (): Promise<LanguageClient> => {
    client ??= await clientOf(context, output, (started) => {
      for (const one of included.values()) {
        one.held?.dispose();
        one.held = includeFile(started, one.uri);
      }
    });
    await client.start();
    return client;
  };
  return {
    start: async () => {
      await start();
    },
    cases: async (playbook) => {
      const params: CasesParams = { uri: playbook.toString() };
      return (await start()).sendRequest<readonly CaseItem[]>(CASES_REQUEST, params);
    },
    boundary: async (playbook) => {
      const params: BoundaryParams = { uri: playbook.toString() };
      return (await start()).sendRequest<BoundaryReply | null>(BOUNDARY_REQUEST, params);
    },
    graph: async (playbook) => {
      const params: GraphParams = { uri: playbook.toString() };
      return (await start()).sendRequest<GraphReply | null>(GRAPH_REQUEST, params);
    },
    importForeign: async (playbook, folder) => {
      const params: ImportParams = { uri: playbook.toString(), folder: folder.toString() };
      return (await start()).sendRequest<ImportReply>(IMPORT_REQUEST, params);
    },
    steps: async (playbook) => {
      const params: StepsParams = { uri: playbook.toString() };
      return (await start()).sendRequest<readonly StepItem[]>(STEPS_REQUEST, params);
    },
    policyTests: async (file) => {
      const params: PolicyTestsParams = { uri: file.toString() };
      return (await start()).sendRequest<readonly PolicyTestItem[]>(POLICY_TESTS_REQUEST, params);
    },
    revisions: async (uri) => {
      const params: RevisionsParams = { uri: uri.toString() };
      return (await start()).sendRequest<RevisionsReply>(REVISIONS_REQUEST, params);
    },
    compareBoundary: async (playbook, revision, token) => {
      const params: CompareParams = { uri: playbook.toString(), revision };
      return (await start()).sendRequest<CompareReply>(COMPARE_REQUEST, params, token);
    },
    reviewBoundaries: async (uri, revision, token) => {
      const params: ReviewParams = { uri: uri.toString(), revision };
      return (await start()).sendRequest<ReviewReply>(REVIEW_REQUEST, params, token);
    },
    revisionText: async (file, commit) => {
      const params: RevisionTextParams = { uri: file.toString(), commit };
      return (await start()).sendRequest<string | null>(REVISION_TEXT_REQUEST, params);
    },
    include: async (uri) => {
      const running = await start();
      const key = {};
      included.set(key, { uri, held: includeFile(running, uri) });
      return {
        dispose: () => {
          included.get(key)?.held?.dispose();
          included.delete(key);
        },
      };
    },
    stop: async () => {
      await client?.dispose();
    },
  };
}

/** @param again called each time another server runs, which knows nothing of what the one before was told */
async function clientOf(
  context: ExtensionContext,
  output: LogOutputChannel,
  again: (client: LanguageClient) => void,
): Promise<LanguageClient> {
  const { LanguageClient, State, TransportKind } = await loadLanguageClient();
  const module = Uri.joinPath(context.extensionUri, 'dist', 'server.cjs').fsPath;
  const options = { execArgv: [...SERVER_ENGINE_FLAGS] };
  // By pattern and not by language id: other extensions claim YAML files named like playbooks for languages of theirs.
  const client = new LanguageClient(
    'countersign',
    'Countersign',
    {
      run: { module, transport: TransportKind.ipc, options },
      debug: { module, transport: TransportKind.ipc, options },
    },
    {
      documentSelector: [
        ...['file', 'untitled', 'vscode-vfs'].flatMap((scheme) =>
          FILE_PATTERNS.map((pattern) => ({ scheme, pattern: `**/${pattern}` })),
        ),
        // Without a name yet: the server looks at how it begins.
        { scheme: 'untitled', language: 'yaml' },
      ],
      // The client fetches diagnostics itself; without this it would do so only when a document is opened.
      diagnosticPullOptions: { onChange: true, onFocus: true },
      initializationOptions: {
        docsUri: Uri.joinPath(context.extensionUri, 'docs').toString(),
        commands: Object.values(COMMANDS),
      },
      outputChannel: output,
    },
  );
  let first = true;
  client.onDidChangeState(({ newState }) => {
    if (newState !== State.Running) return;
    // It runs before it is set up; what fails is said by whoever waits for it.
    if (!first)
      client.start().then(
        () => again(client),
        () => undefined,
      );
    first = false;
  });
  return client;
}
