import { type Hover, MarkupKind } from 'vscode-languageserver/node';
import { hover } from '../../language/service/hover.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { fromLspPosition, toLspRange } from '../positions.js';

export function registerHover(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onHover(
    guarded(context, 'hover', null, ({ textDocument, position }): Hover | null => {
      const document = workspace.document(textDocument.uri);
      const source = workspace.source(textDocument.uri);
      const found = document && source && hover(source, fromLspPosition(document, position), workspace);
      return found
        ? {
            contents: { kind: MarkupKind.Markdown, value: found.markdown },
            range: toLspRange(document, found.range),
          }
        : null;
    }),
  );
}
