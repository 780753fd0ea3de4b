import { type InlayHint, InlayHintKind, MarkupKind } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Hint, inlayHints } from '../../language/service/inlay-hints.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { fromLspRange, toLspPosition } from '../positions.js';
import type { SettingsReader } from '../settings.js';

export function registerInlayHints(context: ServerContext, settings: SettingsReader): void {
  const { connection, workspace } = context;
  connection.languages.inlayHint.on(
    guarded(context, 'inlay hints', [], async ({ textDocument, range }): Promise<InlayHint[]> => {
      const { inlayHints: choice } = await settings.current();
      const document = workspace.document(textDocument.uri);
      const source = workspace.source(textDocument.uri);
      if (!document || !source) return [];
      return inlayHints(source, fromLspRange(document, range), choice, workspace).map((hint) => toHint(document, hint));
    }),
  );
}

function toHint(document: TextDocument, { kind, offset, label, tooltip }: Hint): InlayHint {
  const isType = kind === 'types';
  return {
    position: toLspPosition(document, offset),
    label,
    ...(isType ? { kind: InlayHintKind.Type } : { paddingLeft: true }),
    tooltip: { kind: MarkupKind.Markdown, value: tooltip },
  };
}
