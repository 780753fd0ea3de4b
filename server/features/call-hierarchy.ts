import { type CallHierarchyItem, type Range as LspRange, SymbolKind } from 'vscode-languageserver/node';
import { callTargetAt, incomingCalls, outgoingCalls } from '../../language/service/call-hierarchy.js';
import type { NamedFile } from '../../language/service/named-file.js';
import type { Range } from '../../language/syntax/tree.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { toLspRange } from '../positions.js';
import { nameUnder } from './definition.js';

export function registerCallHierarchy(context: ServerContext): void {
  const { connection, workspace } = context;
  const { names } = workspace;
  const { callHierarchy } = connection.languages;
  callHierarchy.onPrepare(
    guarded(context, 'call hierarchy', null, (params): CallHierarchyItem[] | null => {
      const at = nameUnder(context, params);
      const target = at && callTargetAt(at.file, at.offset, names.near());
      return target ? toItem(context, target) : null;
    }),
  );
  callHierarchy.onIncomingCalls(
    guarded(context, 'call hierarchy', null, async ({ item }, token) => {
      const file = names.of(item.uri);
      const world = file && (await names.all(token));
      if (!file || !world) return null;
      return incomingCalls(file, world).flatMap(({ other, ranges }) =>
        toItem(context, other).map((from) => ({ from, fromRanges: toRanges(context, other, ranges) })),
      );
    }),
  );
  callHierarchy.onOutgoingCalls(
    guarded(context, 'call hierarchy', null, ({ item }) => {
      const file = names.of(item.uri);
      if (!file) return null;
      return outgoingCalls(file, names.near()).flatMap(({ other, ranges }) =>
        toItem(context, other).map((to) => ({ to, fromRanges: toRanges(context, file, ranges) })),
      );
    }),
  );
}

/** A playbook as an item; none when its file is gone. */
function toItem({ workspace }: ServerContext, { uri, id, title, text }: NamedFile): CallHierarchyItem[] {
  const document = workspace.names.document(uri);
  if (!document) return [];
  return [
    {
      name: id?.value ?? uri.slice(uri.lastIndexOf('/') + 1),
      kind: SymbolKind.Module,
      detail: title ?? '',
      uri,
      range: toLspRange(document, { start: 0, end: text.length }),
      selectionRange: toLspRange(document, id?.range ?? { start: 0, end: 0 }),
    },
  ];
}

function toRanges({ workspace }: ServerContext, { uri }: NamedFile, ranges: readonly Range[]): LspRange[] {
  const document = workspace.names.document(uri);
  return document ? ranges.map((range) => toLspRange(document, range)) : [];
}
