import type { DocumentLink } from 'vscode-languageserver/node';
import { fileLinks } from '../../language/service/links.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { toLspRange } from '../positions.js';

export function registerLinks(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onDocumentLinks(
    guarded(context, 'links', [], ({ textDocument }): DocumentLink[] => {
      const document = workspace.document(textDocument.uri);
      const source = workspace.source(textDocument.uri);
      if (!document || !source) return [];
      return fileLinks(source).map(({ range, target }) => ({ range: toLspRange(document, range), target }));
    }),
  );
}
