import {
  CodeLensRefreshRequest,
  InlayHintRefreshRequest,
  SemanticTokensRefreshRequest,
} from 'vscode-languageserver/node';
import type { ServerContext } from './context.js';

/** Asks the client to ask again for what is shown beside the text. */
export interface Refresh {
  /** Soon, once for however many changes; only for what the client can be asked. */
  schedule(): void;
}

/** `later` runs a task after a message that has already arrived, if there is one. */
export function createRefresh({ connection, client }: ServerContext, later: (task: () => void) => void): Refresh {
  let scheduled = false;
  let asking = false;
  const ask = async (): Promise<void> => {
    const says = client().capabilities.workspace;
    const requests = [
      ...(says?.inlayHint?.refreshSupport ? [InlayHintRefreshRequest.type] : []),
      ...(says?.semanticTokens?.refreshSupport ? [SemanticTokensRefreshRequest.type] : []),
      ...(says?.codeLens?.refreshSupport ? [CodeLensRefreshRequest.type] : []),
    ];
    // Fails only when the client does not want to, or is gone.
    await Promise.allSettled(requests.map((type) => connection.sendRequest(type)));
  };
  const turn = (): void => {
    scheduled = false;
    asking = true;
    ask().finally(() => {
      asking = false;
      if (scheduled) later(turn);
    });
  };
  return {
    schedule() {
      if (scheduled) return;
      scheduled = true;
      if (!asking) later(turn);
    },
  };
}
