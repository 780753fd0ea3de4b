import { type ExtensionContext, type LogOutputChannel, Uri } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import {
  COMPARE_REQUEST,
  type CompareParams,
  type CompareReply,
  REVISION_TEXT_REQUEST,
  REVISIONS_REQUEST,
  type RevisionsParams,
  type RevisionsReply,
  type RevisionTextParams,
} from '../server/protocol/compare-requests.js';
import {
  BOUNDARY_REQUEST,
  type BoundaryParams,
  type BoundaryReply,
  CASES_REQUEST,
  type CaseItem,
  type CasesParams,
  STEPS_REQUEST,
  type StepItem,
  type StepsParams,
} from '../server/protocol/requests.js';
import { COMMANDS, FILE_PATTERNS } from './names.js';

export interface Language {
  /** Starts the server when it is not running yet; resolves when it answers. */
  readonly start: () => Promise<void>;
  /** The cases in the workspace for a playbook. */
  readonly cases: (playbook: Uri) => Promise<readonly CaseItem[]>;
  /** What a playbook may do; `null`: it is no playbook. */
  readonly boundary: (playbook: Uri) => Promise<BoundaryReply | null>;
  /** The steps of a playbook, in the order of its text. */
  readonly steps: (playbook: Uri) => Promise<readonly StepItem[]>;
  /** What the boundary of a playbook can be compared with. Starts git, as the next two do. */
  readonly revisions: (playbook: Uri) => Promise<RevisionsReply>;
  readonly compareBoundary: (playbook: Uri, revision: string) => Promise<CompareReply>;
  /** The text of a file in a commit; `null`: it is not there. */
  readonly revisionText: (file: Uri, commit: string) => Promise<string | null>;
  readonly stop: () => Promise<void>;
}

/**
 * The language server as a child process of its own; the client starts it again when it dies. The server itself asks for
 * the file changes it wants: it knows what a playbook can refer to.
 */
export function createLanguage(context: ExtensionContext, output: LogOutputChannel): Language {
  const module = Uri.joinPath(context.extensionUri, 'dist', 'server.cjs').fsPath;
  // What young objects may take; a server that answers in milliseconds has few at a time.
  const options = { execArgv: ['--max-semi-space-size=4'] };
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
  let started: Promise<void> | undefined;
  const start = (): Promise<void> => {
    // A start that failed may be tried again: by then the person may have put right what was in its way.
    started ??= client.start().catch((error: unknown) => {
      started = undefined;
      throw error;
    });
    return started;
  };
  return {
    start,
    cases: async (playbook) => {
      await start();
      const params: CasesParams = { uri: playbook.toString() };
      return client.sendRequest<readonly CaseItem[]>(CASES_REQUEST, params);
    },
    boundary: async (playbook) => {
      await start();
      const params: BoundaryParams = { uri: playbook.toString() };
      return client.sendRequest<BoundaryReply | null>(BOUNDARY_REQUEST, params);
    },
    steps: async (playbook) => {
      await start();
      const params: StepsParams = { uri: playbook.toString() };
      return client.sendRequest<readonly StepItem[]>(STEPS_REQUEST, params);
    },
    revisions: async (playbook) => {
      await start();
      const params: RevisionsParams = { uri: playbook.toString() };
      return client.sendRequest<RevisionsReply>(REVISIONS_REQUEST, params);
    },
    compareBoundary: async (playbook, revision) => {
      await start();
      const params: CompareParams = { uri: playbook.toString(), revision };
      return client.sendRequest<CompareReply>(COMPARE_REQUEST, params);
    },
    revisionText: async (file, commit) => {
      await start();
      const params: RevisionTextParams = { uri: file.toString(), commit };
      return client.sendRequest<string | null>(REVISION_TEXT_REQUEST, params);
    },
    stop: () => (started === undefined ? Promise.resolve() : client.dispose()),
  };
}
