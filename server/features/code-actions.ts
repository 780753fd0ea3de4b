import { CodeActionKind, type CodeAction as LspCodeAction } from 'vscode-languageserver/node';
import { type CodeAction, fixAll, quickFixes } from '../../language/service/code-actions.js';
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
      return found.map((action) => ({
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
      }));
    }),
  );
}
