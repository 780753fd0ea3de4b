import {
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Problem, Related, Severity } from '../../language/problem.js';
import { RULE_TAGS } from '../../language/rules/index.js';
import type { ProblemTag } from '../../language/rules/rule.js';
import type { ServerContext } from '../context.js';
import { toLspRange } from '../positions.js';

export const DIAGNOSTIC_SOURCE = 'countersign';

/** Problems of one document as LSP says them. */
export function toDiagnostics(
  context: ServerContext,
  document: TextDocument,
  problems: readonly Problem[],
): Diagnostic[] {
  const others = new Map<string, TextDocument | undefined>();
  return problems.map((problem) => toDiagnostic(context, document, problem, others));
}

/**
 * A problem as LSP says it, as far as the client says that it understands it. `others` remembers the documents that problems
 * point into.
 */
export function toDiagnostic(
  context: ServerContext,
  document: TextDocument,
  problem: Problem,
  others: Map<string, TextDocument | undefined> = new Map(),
): Diagnostic {
  const { docsUri, capabilities } = context.client();
  // Both ways to get diagnostics have the same options; a client may name them with the one it does not use.
  const says = [capabilities.textDocument?.publishDiagnostics, capabilities.textDocument?.diagnostic];
  const tag = RULE_TAGS.get(problem.rule);
  return {
    range: toLspRange(document, problem.range),
    severity: SEVERITIES[problem.severity],
    source: DIAGNOSTIC_SOURCE,
    code: problem.rule,
    message: problem.message,
    ...(docsUri !== undefined && says.some((one) => one?.codeDescriptionSupport)
      ? { codeDescription: { href: `${docsUri}rules/${problem.rule}.md` } }
      : {}),
    ...(tag && says.some((one) => one?.tagSupport?.valueSet.includes(TAGS[tag])) ? { tags: [TAGS[tag]] } : {}),
    ...(says.some((one) => one?.relatedInformation) && problem.related.length > 0
      ? { relatedInformation: problem.related.flatMap((related) => toRelated(context, related, others)) }
      : {}),
  };
}

function toRelated(
  { workspace }: ServerContext,
  related: Related,
  others: Map<string, TextDocument | undefined>,
): DiagnosticRelatedInformation[] {
  const document = others.get(related.uri) ?? workspace.textDocument(related.uri);
  others.set(related.uri, document);
  return document
    ? [{ location: { uri: related.uri, range: toLspRange(document, related.range) }, message: related.message }]
    : [];
}

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
} as const satisfies { [S in Severity]: DiagnosticSeverity };

const TAGS = {
  unnecessary: DiagnosticTag.Unnecessary,
  deprecated: DiagnosticTag.Deprecated,
} as const satisfies { [T in ProblemTag]: DiagnosticTag };
