import { type CancellationToken, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { ServerContext } from './context.js';

/**
 * A request handler that answers `fallback` when a feature fails: a bug in one feature must not take the server down. The
 * log names the feature and the place in our code, never text of a document. A cancelled request is answered as such.
 */
export function guarded<P, R>(
  context: ServerContext,
  feature: string,
  fallback: R,
  answer: (params: P, token: CancellationToken) => R | Promise<R>,
): (params: P, token: CancellationToken) => Promise<R | ResponseError<never>> {
  return async (params, token) => {
    if (token.isCancellationRequested) return cancelled(feature);
    try {
      const result = await answer(params, token);
      return token.isCancellationRequested ? cancelled(feature) : result;
    } catch (error) {
      logCrash(context, feature, error);
      return fallback;
    }
  };
}

/** Says that a feature crashed and where, without the error's message, which may quote the document. */
export function logCrash({ connection }: ServerContext, feature: string, error: unknown): void {
  const name = error instanceof Error ? error.name : typeof error;
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  connection.console.error(`${feature} failed: ${name}\n${frames.slice(0, 12).join('\n')}`);
}

function cancelled(feature: string): ResponseError<never> {
  return new ResponseError(LSPErrorCodes.RequestCancelled, `${feature} was cancelled`);
}
