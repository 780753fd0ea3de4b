import { SymbolKind, type WorkspaceSymbol } from 'vscode-languageserver/node';
import { type FileSymbol, matchQuality } from '../../language/service/workspace-symbols.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { toLspRange } from '../positions.js';
import { KINDS as STEP_KINDS, symbolKind } from './symbols.js';

/** More than anybody looks through; whoever types on gets the rest. */
const MOST = 500;

const KINDS = { ...STEP_KINDS, playbook: SymbolKind.Module, case: SymbolKind.File } as const satisfies {
  [K in FileSymbol['kind']]: SymbolKind;
};

export function registerWorkspaceSymbols(context: ServerContext): void {
  const { connection, workspace, client } = context;
  const { names } = workspace;
  connection.onWorkspaceSymbol(
    guarded(context, 'workspace symbols', [], async ({ query }, token): Promise<WorkspaceSymbol[]> => {
      const world = await names.all(token);
      const found = (world?.files ?? []).flatMap(({ uri, symbols }) =>
        symbols.flatMap((symbol) => {
          const quality = matchQuality(symbol.name, query);
          return quality === undefined ? [] : [{ uri, symbol, quality }];
        }),
      );
      const known = client().capabilities.workspace?.symbol?.symbolKind?.valueSet;
      const best = found.sort((a, b) => a.quality - b.quality).slice(0, MOST);
      return best.flatMap(({ uri, symbol: { name, kind, container, range } }) => {
        const document = names.document(uri);
        return document
          ? [
              {
                name,
                kind: symbolKind(KINDS[kind], known),
                ...(container === '' ? {} : { containerName: container }),
                location: { uri, range: toLspRange(document, range) },
              },
            ]
          : [];
      });
    }),
  );
}
