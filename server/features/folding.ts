import { type FoldingRange, FoldingRangeKind } from 'vscode-languageserver/node';
import { foldsOf, outermost } from '../../language/service/folding.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';

const KINDS = { comment: FoldingRangeKind.Comment, region: FoldingRangeKind.Region } as const;

export function registerFolding(context: ServerContext): void {
  const { connection, workspace, client } = context;
  connection.onFoldingRanges(
    guarded(context, 'folding', [], ({ textDocument }): FoldingRange[] => {
      const source = workspace.source(textDocument.uri);
      if (!source) return [];
      const limit = client().capabilities.textDocument?.foldingRange?.rangeLimit ?? Number.POSITIVE_INFINITY;
      return outermost(foldsOf(source), limit).map(({ start, end, kind }) => ({
        startLine: start,
        endLine: end,
        ...(kind ? { kind: KINDS[kind] } : {}),
      }));
    }),
  );
}
