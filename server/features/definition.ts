import type { CancellationToken, Location, TextDocumentPositionParams } from 'vscode-languageserver/node';
import { definitionOf, type Place } from '../../language/service/definition.js';
import type { NamedFile } from '../../language/service/named-file.js';
import type { World } from '../../language/service/world.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { fromLspPosition, toLspRange } from '../positions.js';

/** What gives a name its meaning is both its definition and its declaration: there is no code behind it. */
export function registerDefinition(context: ServerContext): void {
  const answer = async (params: TextDocumentPositionParams, token: CancellationToken): Promise<Location[]> => {
    const at = nameUnder(context, params);
    // A playbook names the files it means; a catalog, a policy and a case are found by those that name them.
    const world =
      at?.file.kind === 'playbook' ? context.workspace.names.near() : await context.workspace.names.all(token);
    return at && world ? toLocations(context, definitionOf(at.file, at.offset, world)) : [];
  };
  context.connection.onDefinition(guarded(context, 'definition', [], answer));
  context.connection.onDeclaration(guarded(context, 'declaration', [], answer));
}

interface NameUnder {
  readonly file: NamedFile;
  readonly offset: number;
}

/** The open file of a request and the offset in it; `undefined` when it is none of ours. */
export function nameUnder(
  { workspace }: ServerContext,
  { textDocument, position }: TextDocumentPositionParams,
): NameUnder | undefined {
  const document = workspace.document(textDocument.uri);
  const file = workspace.names.of(textDocument.uri);
  return document && file ? { file, offset: fromLspPosition(document, position) } : undefined;
}

/** The same with every file of the workspace; `undefined`, too, when the text changed before they were read. */
export async function nameInWorld(
  context: ServerContext,
  params: TextDocumentPositionParams,
  token: CancellationToken,
): Promise<(NameUnder & { readonly world: World }) | undefined> {
  const at = nameUnder(context, params);
  const world = at && (await context.workspace.names.all(token));
  return world && context.workspace.names.of(params.textDocument.uri) === at.file ? { ...at, world } : undefined;
}

/** Places with their ranges in lines and characters; a file that is gone meanwhile is left out. */
export function toLocations({ workspace }: ServerContext, places: readonly Place[]): Location[] {
  const documents = new Map(
    [...new Set(places.map(({ uri }) => uri))].map((uri) => [
      uri,
      workspace.names.document(uri) ?? workspace.textDocument(uri),
    ]),
  );
  return places.flatMap(({ uri, range }) => {
    const document = documents.get(uri);
    return document ? [{ uri, range: toLspRange(document, range) }] : [];
  });
}
