import { type DocumentSymbol, SymbolKind } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type OutlineItem, type OutlineKind, outlineOf } from '../../language/service/symbols.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { toLspRange } from '../positions.js';

export function registerSymbols(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onDocumentSymbol(
    guarded(context, 'outline', [], ({ textDocument }): DocumentSymbol[] => {
      const document = workspace.document(textDocument.uri);
      const source = workspace.source(textDocument.uri);
      return document && source ? outlineOf(source).map((item) => toSymbol(document, item)) : [];
    }),
  );
}

function toSymbol(document: TextDocument, item: OutlineItem): DocumentSymbol {
  return {
    // A name must not be empty.
    name: item.name.trim() === '' ? item.kind : item.name,
    detail: item.detail,
    kind: KINDS[item.kind],
    range: toLspRange(document, item.range),
    selectionRange: toLspRange(document, item.selection),
    children: item.children.map((child) => toSymbol(document, child)),
  };
}

const KINDS = {
  action: SymbolKind.Function,
  agent: SymbolKind.Class,
  gate: SymbolKind.Key,
  manual: SymbolKind.Event,
  if: SymbolKind.Operator,
  switch: SymbolKind.Operator,
  'for-each': SymbolKind.Array,
  parallel: SymbolKind.Operator,
  call: SymbolKind.Module,
  stop: SymbolKind.Constant,
  branch: SymbolKind.Namespace,
  section: SymbolKind.Property,
  tool: SymbolKind.Function,
  role: SymbolKind.Class,
  item: SymbolKind.Field,
} as const satisfies { [K in OutlineKind]: SymbolKind };
