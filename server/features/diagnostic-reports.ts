import { createHash } from 'node:crypto';
import {
  type CancellationToken,
  type Diagnostic,
  DocumentDiagnosticReportKind,
  type FullDocumentDiagnosticReport,
  type UnchangedDocumentDiagnosticReport,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { ServerContext } from '../context.js';
import type { Turns } from '../turns.js';
import { toDiagnostics } from './diagnostics.js';

export type Report = FullDocumentDiagnosticReport | UnchangedDocumentDiagnosticReport;

/** Resolves when it is a document's turn to be checked, or the request is cancelled. */
export function turnOf(turns: Turns, uri: string, token: CancellationToken): Promise<void> {
  return new Promise((resolve) => {
    const stop = turns.wait(uri, () => {
      cancelled.dispose();
      resolve();
    });
    const cancelled = token.onCancellationRequested(() => {
      stop();
      cancelled.dispose();
      resolve();
    });
  });
}

/** What is wrong with a document, unless that is what the client knows by `previous`. */
export function reportOf(context: ServerContext, document: TextDocument, previous: string | undefined): Report {
  return reportWith(itemsOf(context, document), document, previous);
}

/** As `reportOf`, of what was found. */
export function reportWith(items: Diagnostic[], document: TextDocument, previous: string | undefined): Report {
  const resultId = resultIdOf(items, document.version);
  return resultId === previous
    ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId }
    : { kind: DocumentDiagnosticReportKind.Full, resultId, items };
}

function itemsOf(context: ServerContext, document: TextDocument): Diagnostic[] {
  const { workspace } = context;
  const open = workspace.document(document.uri) !== undefined;
  const source = open ? workspace.source(document.uri) : workspace.sourceOf(document);
  return source ? toDiagnostics(context, document, source.problems) : [];
}

/**
 * A name for a result. That of another version of the text is another, even where the diagnostics are the same: the client
 * moved those it shows along with the text.
 */
export function resultIdOf(items: readonly Diagnostic[], version: number): string {
  return `${version}:${createHash('sha1').update(JSON.stringify(items)).digest('base64')}`;
}
