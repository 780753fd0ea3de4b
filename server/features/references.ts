import type { Location } from 'vscode-languageserver/node';
import { referencesTo } from '../../language/service/references.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { fromLspPosition } from '../positions.js';
import { toLocations } from './definition.js';

export function registerReferences(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onReferences(
    guarded(context, 'references', [], ({ textDocument, position, context: { includeDeclaration } }): Location[] => {
      const document = workspace.document(textDocument.uri);
      const source = workspace.source(textDocument.uri);
      if (!document || !source) return [];
      const offset = fromLspPosition(document, position);
      return toLocations(workspace, referencesTo(source, offset, workspace.sources(), workspace, includeDeclaration));
    }),
  );
}
