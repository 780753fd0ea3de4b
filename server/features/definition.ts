import type { Location } from 'vscode-languageserver/node';
import { definitionOf, type Place } from '../../language/service/definition.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { fromLspPosition, toLspRange } from '../positions.js';
import type { Workspace } from '../workspace.js';

export function registerDefinition(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onDefinition(
    guarded(context, 'definition', [], ({ textDocument, position }): Location[] => {
      const document = workspace.document(textDocument.uri);
      const source = workspace.source(textDocument.uri);
      if (!document || !source) return [];
      return toLocations(workspace, definitionOf(source, fromLspPosition(document, position), workspace));
    }),
  );
}

/** Places with their ranges in lines and characters; a file that is gone meanwhile is left out. */
export function toLocations(workspace: Workspace, places: readonly Place[]): Location[] {
  const documents = new Map(places.map(({ uri }) => [uri, workspace.textDocument(uri)]));
  return places.flatMap(({ uri, range }) => {
    const document = documents.get(uri);
    return document ? [{ uri, range: toLspRange(document, range) }] : [];
  });
}
