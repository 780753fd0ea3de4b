import type { ClientCapabilities, ServerCapabilities } from 'vscode-languageserver/node';
import type { ServerContext } from '../context.js';
import { registerCallHierarchy } from './call-hierarchy.js';
import { registerDefinition } from './definition.js';
import { registerFolding } from './folding.js';
import { registerHighlights } from './highlights.js';
import { registerLinkedEditing } from './linked-editing.js';
import { registerReferences } from './references.js';
import { registerRename } from './rename.js';
import { registerSelection } from './selection.js';
import { registerWorkspaceSymbols } from './workspace-symbols.js';

/** Everything that follows names and the structure of files. */
export function registerNavigation(context: ServerContext): void {
  registerDefinition(context);
  registerReferences(context);
  registerHighlights(context);
  registerRename(context);
  registerLinkedEditing(context);
  registerFolding(context);
  registerSelection(context);
  registerWorkspaceSymbols(context);
  registerCallHierarchy(context);
}

export function navigationCapabilities({ textDocument }: ClientCapabilities): ServerCapabilities {
  return {
    definitionProvider: true,
    declarationProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    renameProvider: textDocument?.rename?.prepareSupport ? { prepareProvider: true } : true,
    linkedEditingRangeProvider: true,
    foldingRangeProvider: true,
    selectionRangeProvider: true,
    workspaceSymbolProvider: true,
    callHierarchyProvider: true,
  };
}
