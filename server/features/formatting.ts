import type { FormattingOptions, TextEdit as LspEdit } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { fileKindOf } from '../../language/model/shape.js';
import type { TextEdit } from '../../language/problem.js';
import { format } from '../../language/service/format.js';
import { afterEnter } from '../../language/service/new-line.js';
import type { Range } from '../../language/syntax/tree.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { fromLspRange, toLspRange } from '../positions.js';

export function registerFormatting(context: ServerContext): void {
  const { connection, workspace } = context;
  const ours = (uri: string): TextDocument | undefined =>
    fileKindOf(uri) === undefined ? undefined : workspace.document(uri);
  connection.onDocumentFormatting(
    guarded(context, 'formatting', [], ({ textDocument, options }): LspEdit[] => {
      const document = ours(textDocument.uri);
      return document ? formatted(document, options) : [];
    }),
  );
  connection.onDocumentRangeFormatting(
    guarded(context, 'range formatting', [], ({ textDocument, range, options }): LspEdit[] => {
      const document = ours(textDocument.uri);
      return document ? formatted(document, options, fromLspRange(document, range)) : [];
    }),
  );
  connection.onDocumentOnTypeFormatting(
    guarded(context, 'formatting while typing', [], ({ textDocument, position, ch }): LspEdit[] => {
      const document = ours(textDocument.uri);
      if (!document || ch !== '\n') return [];
      const { start } = fromLspRange(document, { start: position, end: position });
      return toLspEdits(document, afterEnter(document.getText(), start));
    }),
  );
}

function formatted(document: TextDocument, options: FormattingOptions, range?: Range): LspEdit[] {
  const { tabSize, trimTrailingWhitespace, insertFinalNewline, trimFinalNewlines } = options;
  const edits = format(document.getText(), {
    // YAML takes no tabs, whatever the editor inserts; an indentation of one is too little for a list.
    size: Math.min(8, Math.max(2, Math.floor(tabSize) || 2)),
    ...(range ? { range } : {}),
    ...(trimTrailingWhitespace === undefined ? {} : { trimBlanks: trimTrailingWhitespace }),
    ...(insertFinalNewline === undefined ? {} : { finalNewline: insertFinalNewline }),
    ...(trimFinalNewlines === undefined ? {} : { trimFinalNewlines }),
  });
  return toLspEdits(document, edits);
}

function toLspEdits(document: TextDocument, edits: readonly TextEdit[]): LspEdit[] {
  return edits.map(({ range, newText }) => ({ range: toLspRange(document, range), newText }));
}
