import { type DocumentSymbol, type SymbolInformation, SymbolKind } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type KeptOutline, steadyOutline } from '../../language/service/kept-outline.js';
import type { OutlineItem, OutlineKind } from '../../language/service/symbols.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { toLspRange } from '../positions.js';
import { uriKey } from '../uri-key.js';

/** Outlines documents. What is kept of a document goes when `forget` is called. */
export function registerSymbols(context: ServerContext): { forget(uri: string): void } {
  const { connection, workspace, client } = context;
  const kept = new Map<string, KeptOutline | undefined>();
  connection.onDocumentSymbol(
    guarded(context, 'outline', [], ({ textDocument: { uri } }): DocumentSymbol[] | SymbolInformation[] => {
      const document = workspace.document(uri);
      const source = workspace.source(uri);
      if (!document || !source) return [];
      const outline = steadyOutline(source, kept.get(uriKey(uri)));
      kept.set(uriKey(uri), outline.kept);
      const says = client().capabilities.textDocument?.documentSymbol;
      const known = says?.symbolKind?.valueSet;
      return says?.hierarchicalDocumentSymbolSupport
        ? outline.items.map((item) => toSymbol(document, item, known))
        : outline.items.flatMap((item) => flat(document, item, known, undefined));
    }),
  );
  return { forget: (uri) => kept.delete(uriKey(uri)) };
}

function toSymbol(document: TextDocument, item: OutlineItem, known: readonly SymbolKind[] | undefined): DocumentSymbol {
  return {
    name: nameOf(item),
    detail: item.detail,
    kind: symbolKind(KINDS[item.kind], known),
    range: toLspRange(document, item.range),
    selectionRange: toLspRange(document, item.selection),
    children: item.children.map((child) => toSymbol(document, child, known)),
  };
}

/** An item and what is in it as a list, for clients that show no tree. */
function flat(
  document: TextDocument,
  item: OutlineItem,
  known: readonly SymbolKind[] | undefined,
  containerName: string | undefined,
): SymbolInformation[] {
  const name = nameOf(item);
  return [
    {
      name,
      kind: symbolKind(KINDS[item.kind], known),
      location: { uri: document.uri, range: toLspRange(document, item.range) },
      ...(containerName === undefined ? {} : { containerName }),
    },
    ...item.children.flatMap((child) => flat(document, child, known, name)),
  ];
}

/** A name must not be empty. */
function nameOf({ name, kind }: OutlineItem): string {
  return name.trim() === '' ? kind : name;
}

/** A kind the client knows. Those up to `Array` every client does, if it does not say which. */
export function symbolKind(kind: SymbolKind, known: readonly SymbolKind[] | undefined): SymbolKind {
  const isKnown = known ? known.includes(kind) : kind <= SymbolKind.Array;
  return isKnown ? kind : SymbolKind.Property;
}

export const KINDS = {
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
