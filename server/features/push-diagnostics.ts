import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { ServerContext } from '../context.js';
import { logCrash } from '../guarded.js';
import type { Turns } from '../turns.js';
import { toDiagnostics } from './diagnostics.js';

/** Tells a client, unasked, what is wrong with its documents. */
export interface PushedDiagnostics {
  /** Checks these documents when their turn comes, each once however often it is asked for: the newest text wins. */
  schedule(uris: readonly string[]): void;
  /** Takes back what was said about a document. */
  clear(uri: string): void;
}

export function pushDiagnostics(context: ServerContext, turns: Turns): PushedDiagnostics {
  const waiting = new Map<string, () => void>();
  return {
    schedule(uris) {
      for (const uri of uris) {
        if (waiting.has(uri)) continue;
        const task = (): void => {
          waiting.delete(uri);
          check(context, uri);
        };
        waiting.set(uri, turns.wait(uri, task));
      }
    },
    clear(uri) {
      waiting.get(uri)?.();
      waiting.delete(uri);
      send(context, { uri, diagnostics: [] });
    },
  };
}

function check(context: ServerContext, uri: string): void {
  const document = context.workspace.document(uri);
  if (!document) return;
  try {
    const source = context.workspace.source(uri);
    if (!source) {
      if (context.foreign.mayBe(uri)) checkForeign(context, document);
      return;
    }
    const diagnostics = toDiagnostics(context, document, source.problems);
    send(context, { uri: document.uri, version: document.version, diagnostics });
  } catch (error) {
    logCrash(context, 'diagnostics', error);
  }
}

function checkForeign(context: ServerContext, document: TextDocument): void {
  const { uri, version } = document;
  context.foreign
    .problems(uri)
    .then((problems) => {
      // Of a newer text the answer is under way.
      if (context.workspace.document(uri) !== document || problems === undefined) return;
      send(context, { uri, version, diagnostics: toDiagnostics(context, document, problems) });
    })
    .catch((error: unknown) => logCrash(context, 'diagnostics', error));
}

function send({ connection }: ServerContext, params: Parameters<typeof connection.sendDiagnostics>[0]): void {
  // Fails only when the connection is gone, and then nobody is there to tell.
  connection.sendDiagnostics(params).catch(() => undefined);
}
