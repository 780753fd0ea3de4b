import type { DocumentLink } from 'vscode-languageserver/node';
import { linksOf } from '../../language/service/links.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { toLspRange } from '../positions.js';

export function registerLinks(context: ServerContext): void {
  const { connection, workspace, client } = context;
  connection.onDocumentLinks(
    guarded(context, 'links', [], ({ textDocument }): DocumentLink[] => {
      const document = workspace.document(textDocument.uri);
      const source = workspace.source(textDocument.uri);
      if (!document || !source) return [];
      const { docsUri, capabilities } = client();
      const tooltips = capabilities.textDocument?.documentLink?.tooltipSupport === true;
      return linksOf(source, docsUri).map(({ range, target, tooltip }) => ({
        range: toLspRange(document, range),
        target,
        ...(tooltips && tooltip !== undefined ? { tooltip } : {}),
      }));
    }),
  );
}
