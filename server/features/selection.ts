import type { SelectionRange } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { selectionsAt } from '../../language/service/selection.js';
import type { Range } from '../../language/syntax/tree.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { fromLspPosition, toLspRange } from '../positions.js';

export function registerSelection(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onSelectionRanges(
    guarded(context, 'selection', [], ({ textDocument, positions }): SelectionRange[] => {
      const document = workspace.document(textDocument.uri);
      const source = workspace.source(textDocument.uri);
      if (!document || !source) return [];
      return positions.map((position) => nested(document, selectionsAt(source, fromLspPosition(document, position))));
    }),
  );
}

/** The innermost of some ranges, each with the next one as its parent. */
function nested(document: TextDocument, [innermost, ...wider]: readonly Range[]): SelectionRange {
  const range = toLspRange(document, innermost ?? { start: 0, end: 0 });
  return wider.length > 0 ? { range, parent: nested(document, wider) } : { range };
}
