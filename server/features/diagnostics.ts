import { type Diagnostic, type DiagnosticRelatedInformation, DiagnosticSeverity } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Problem, Related, Severity } from '../../language/problem.js';
import type { ServerContext } from '../context.js';
import { logCrash } from '../guarded.js';
import { toLspRange } from '../positions.js';

export const DIAGNOSTIC_SOURCE = 'countersign';

/** Checks documents and pushes what is wrong with them. */
export interface Diagnostics {
  /** Checks these documents soon, each once however often it is asked for: the newest text wins. */
  schedule(uris: readonly string[]): void;
  /** Takes back what was said about a document. */
  clear(uri: string): void;
}

/**
 * `later` runs a task after a message that has already arrived, if there is one. As long as more changes arrive nothing is
 * checked: in a long playbook the texts in between would cost more than they tell.
 */
export function createDiagnostics(context: ServerContext, later: (task: () => void) => void): Diagnostics {
  const waiting = new Set<string>();
  let running = false;
  let more = false;
  const turn = (): void => {
    const [uri] = waiting;
    running = uri !== undefined;
    if (uri === undefined) return;
    if (more) {
      more = false;
    } else {
      waiting.delete(uri);
      check(context, uri);
    }
    // One document per turn, so that a request that came meanwhile does not wait for all of them.
    later(turn);
  };
  return {
    schedule(uris) {
      if (uris.length === 0) return;
      for (const uri of uris) waiting.add(uri);
      more = running;
      if (running) return;
      running = true;
      later(turn);
    },
    clear(uri) {
      waiting.delete(uri);
      send(context, { uri, diagnostics: [] });
    },
  };
}

function check(context: ServerContext, uri: string): void {
  const document = context.workspace.document(uri);
  if (!document) return;
  try {
    const source = context.workspace.source(uri);
    if (!source) return;
    const diagnostics = source.problems.map((problem) => toDiagnostic(context, document, problem));
    send(context, { uri: document.uri, version: document.version, diagnostics });
  } catch (error) {
    logCrash(context, 'diagnostics', error);
  }
}

function send({ connection }: ServerContext, params: Parameters<typeof connection.sendDiagnostics>[0]): void {
  // Fails only when the connection is gone, and then nobody is there to tell.
  connection.sendDiagnostics(params).catch(() => undefined);
}

/** A problem as LSP says it. */
export function toDiagnostic(context: ServerContext, document: TextDocument, problem: Problem): Diagnostic {
  const { docsUri, capabilities } = context.client();
  const says = capabilities.textDocument?.publishDiagnostics;
  return {
    range: toLspRange(document, problem.range),
    severity: SEVERITIES[problem.severity],
    source: DIAGNOSTIC_SOURCE,
    code: problem.rule,
    message: problem.message,
    ...(docsUri !== undefined && says?.codeDescriptionSupport
      ? { codeDescription: { href: `${docsUri}rules/${problem.rule}.md` } }
      : {}),
    ...(says?.relatedInformation && problem.related.length > 0
      ? { relatedInformation: problem.related.flatMap((related) => toRelated(context, related)) }
      : {}),
  };
}

function toRelated({ workspace }: ServerContext, related: Related): DiagnosticRelatedInformation[] {
  const document = workspace.textDocument(related.uri);
  return document
    ? [{ location: { uri: related.uri, range: toLspRange(document, related.range) }, message: related.message }]
    : [];
}

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
} as const satisfies { [S in Severity]: DiagnosticSeverity };
