import { type DocumentHighlight, DocumentHighlightKind } from 'vscode-languageserver/node';
import { highlightsAt } from '../../language/service/highlights.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { toLspRange } from '../positions.js';
import { nameUnder } from './definition.js';

export function registerHighlights(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onDocumentHighlight(
    guarded(context, 'highlights', [], (params): DocumentHighlight[] => {
      const at = nameUnder(context, params);
      const document = workspace.document(params.textDocument.uri);
      if (!at || !document) return [];
      return highlightsAt(at.file, at.offset).map(({ range, kind }) => ({
        range: toLspRange(document, range),
        kind: kind === 'write' ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
      }));
    }),
  );
}
