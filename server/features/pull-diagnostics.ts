import {
  DiagnosticRefreshRequest,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  DocumentDiagnosticRequest,
  type FullDocumentDiagnosticReport,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import type { Turns } from '../turns.js';
import { dependsOn } from '../workspace.js';
import { type Report, reportOf, reportWith, turnOf } from './diagnostic-reports.js';
import { toDiagnostics } from './diagnostics.js';
import { registerWorkspaceDiagnostics } from './workspace-diagnostics.js';

/** Answers clients that ask for diagnostics, and tells them when to ask again. */
export interface PulledDiagnostics {
  /** A file changed, in the editor or outside: `stale` are the open documents that depend on it. */
  changed(uri: string, stale: readonly string[]): void;
  /** Everything may have changed: the folders of the workspace did. */
  changedAll(): void;
}

/** `watching` tells whether changes of files outside the editor are seen. */
export function registerPullDiagnostics(
  context: ServerContext,
  turns: Turns,
  watching: () => boolean,
): PulledDiagnostics {
  const { connection, workspace } = context;
  const says = () => context.client().capabilities;
  const inWorkspace = registerWorkspaceDiagnostics(context, turns, watching);

  connection.onRequest(
    DocumentDiagnosticRequest.type,
    guarded(
      context,
      'diagnostics',
      NOTHING,
      async ({ textDocument: { uri }, previousResultId }, token): Promise<DocumentDiagnosticReport> => {
        const key = workspace.document(uri)?.uri ?? uri;
        await turnOf(turns, key, token);
        if (token.isCancellationRequested) return NOTHING;
        // What came meanwhile counts: the newest text.
        const document = workspace.textDocument(uri);
        if (!document) return NOTHING;
        const report =
          (await foreignReport(context, document, previousResultId)) ?? reportOf(context, document, previousResultId);
        if (token.isCancellationRequested) return NOTHING;
        if (says().textDocument?.diagnostic?.relatedDocumentSupport !== true) return report;
        const relatedDocuments: { [other: string]: Report } = {};
        for (const other of dependents(context, document.uri)) {
          relatedDocuments[other.uri] = reportOf(context, other, undefined);
        }
        return Object.keys(relatedDocuments).length > 0 ? { ...report, relatedDocuments } : report;
      },
    ),
  );

  let asked = false;
  const refresh = (uri: string): void => {
    if (asked || says().workspace?.diagnostics?.refreshSupport !== true) return;
    asked = true;
    turns.wait(uri, () => {
      asked = false;
      // Fails only when the connection is gone, and then nobody is there to ask.
      connection.sendRequest(DiagnosticRefreshRequest.type).catch(() => undefined);
    });
  };
  return {
    changed(uri, stale) {
      inWorkspace.changed(uri);
      if (stale.length > 0) refresh(uri);
    },
    changedAll() {
      inWorkspace.changedAll();
      refresh('');
    },
  };
}

/** A report of no problems, of a file that is none of ours. */
const NOTHING: FullDocumentDiagnosticReport = { kind: DocumentDiagnosticReportKind.Full, items: [] };

/** What is wrong with a playbook of another product, in its newest text; `undefined`: it is none. */
async function foreignReport(
  context: ServerContext,
  { uri }: TextDocument,
  previous: string | undefined,
): Promise<Report | undefined> {
  const { foreign, workspace } = context;
  if (workspace.source(uri) !== undefined || !foreign.mayBe(uri)) return undefined;
  const problems = await foreign.problems(uri);
  const document = workspace.textDocument(uri);
  return problems && document ? reportWith(toDiagnostics(context, document, problems), document, previous) : undefined;
}

/** The open documents that depend on a file. */
function dependents({ workspace }: ServerContext, uri: string): TextDocument[] {
  return workspace
    .documents()
    .filter((other) => other.uri !== uri && dependsOn(workspace.source(other.uri)?.dependencies ?? [], uri));
}
