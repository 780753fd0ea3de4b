import type { Location } from 'vscode-languageserver/node';
import { referencesTo } from '../../language/service/references.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { nameInWorld, toLocations } from './definition.js';

export function registerReferences(context: ServerContext): void {
  context.connection.onReferences(
    guarded(context, 'references', [], async (params, token): Promise<Location[]> => {
      const at = await nameInWorld(context, params, token);
      return at
        ? toLocations(context, referencesTo(at.file, at.offset, at.world, params.context.includeDeclaration))
        : [];
    }),
  );
}
