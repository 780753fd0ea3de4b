import { CodeActionKind, type CodeAction as LspCodeAction, type WorkspaceEdit } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { findConfig } from '../../language/config/find-config.js';
import { type CodeAction, fixAll, quickFixes } from '../../language/service/code-actions.js';
import type { SourceFile } from '../../language/service/source-file.js';
import { type SuppressionEdit, suppressionEdit } from '../../language/service/suppress.js';
import type { Range } from '../../language/syntax/tree.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { fromLspRange, toLspRange } from '../positions.js';
import { toDiagnostic } from './diagnostics.js';

/** Ours, so that a client can ask on save for our fixes and no others'. */
export const FIX_ALL_KIND = `${CodeActionKind.SourceFixAll}.countersign`;

export function registerCodeActions(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onCodeAction(
    guarded(context, 'code action', [], ({ textDocument, range, context: { only } }): LspCodeAction[] => {
      const document = workspace.document(textDocument.uri);
      const source = workspace.source(textDocument.uri);
      if (!document || !source) return [];
      const wants = (kind: string): boolean =>
        only === undefined || only.some((asked) => kind === asked || kind.startsWith(`${asked}.`));
      const found: CodeAction[] = [];
      if (wants(CodeActionKind.QuickFix)) found.push(...quickFixes(source.problems, fromLspRange(document, range)));
      const all = wants(FIX_ALL_KIND) ? fixAll(source.problems) : undefined;
      if (all) found.push(all);
      const suppressions = wants(CodeActionKind.QuickFix)
        ? suppressionActions(context, document, source, fromLspRange(document, range))
        : [];
      const fixes = found.map(
        (action): LspCodeAction => ({
          title: action.title,
          kind: action.kind === 'quickfix' ? CodeActionKind.QuickFix : FIX_ALL_KIND,
          isPreferred: action.preferred,
          diagnostics: action.problems.map((problem) => toDiagnostic(context, document, problem)),
          edit: {
            changes: {
              [document.uri]: action.edits.map((edit) => ({
                range: toLspRange(document, edit.range),
                newText: edit.newText,
              })),
            },
          },
        }),
      );
      return [...fixes, ...suppressions];
    }),
  );
}

/** For each problem at a place that may be accepted: the change of the configuration that does so. */
function suppressionActions(
  context: ServerContext,
  document: TextDocument,
  source: SourceFile,
  range: Range,
): LspCodeAction[] {
  const { workspace } = context;
  const found = findConfig(source.uri, workspace, workspace.folders);
  return source.problems
    .filter((problem) => problem.range.start <= range.end && range.start <= problem.range.end)
    .flatMap((problem) => {
      const suppression = suppressionEdit(source, problem, found, workspace);
      const edit = suppression && toWorkspaceEdit(context, suppression);
      if (!edit) return [];
      return {
        title: `Accept ${problem.rule} here: add a suppression, then write the reason`,
        kind: CodeActionKind.QuickFix,
        diagnostics: [toDiagnostic(context, document, problem)],
        edit,
      };
    });
}

/** `undefined` when the file would have to be made and the client cannot. */
function toWorkspaceEdit(
  { workspace, client }: ServerContext,
  { configUri, isNew, edit }: SuppressionEdit,
): WorkspaceEdit | undefined {
  const document = workspace.textDocument(configUri) ?? workspace.documentOf(configUri, '');
  const change = { range: toLspRange(document, edit.range), newText: edit.newText };
  if (!isNew) return { changes: { [configUri]: [change] } };
  const says = client().capabilities.workspace?.workspaceEdit;
  if (!says?.documentChanges || !says.resourceOperations?.includes('create')) return undefined;
  return {
    documentChanges: [
      { kind: 'create', uri: configUri, options: { ignoreIfExists: true } },
      { textDocument: { uri: configUri, version: null }, edits: [change] },
    ],
  };
}
