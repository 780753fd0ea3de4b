import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs';
import type { Clock } from '../ports.js';
import { canonicalRequest, exchangeLine, keyOf, NOTICE, RECORDING_VERSION } from './exchange.js';
import type { ModelChoice, ModelClient, ModelResponse } from './port.js';

/**
 * A model, with every exchange written to a new file that only its owner may read. The file is made with the first
 * request, before anything is sent; what cannot be recorded is not used.
 */
export function recordingModel(inner: ModelClient, path: string, clock: Clock): ModelClient {
  const { provider, id, ai, note } = inner;
  let begun = false;
  const begin = (): void => {
    if (begun) return;
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(
        file,
        exchangeLine({
          v: RECORDING_VERSION,
          kind: 'countersign-recording',
          notice: NOTICE,
          model: { provider, id, ai, note },
          time: new Date(clock.now()).toISOString(),
        }),
      );
    } finally {
      closeSync(file);
    }
    begun = true;
  };
  return {
    provider,
    id,
    ai,
    note: `${note} Every exchange is recorded.`,
    ...(inner.choose ? { choose: (wish, step) => inner.choose?.(wish, step) ?? { model: id } } : {}),
    async complete(request, signal): Promise<ModelResponse> {
      try {
        begin();
      } catch (error) {
        const usage = { inputTokens: 0, outputTokens: 0, usd: 0 };
        return { kind: 'failed', cause: 'rejected', reason: `${problem(path, error)} Nothing was sent.`, usage };
      }
      const { wish = {} } = request;
      const choice = inner.choose?.(wish, request.step) ?? { model: id };
      const asked = canonicalRequest(request, choice);
      const response = await inner.complete(request, signal);
      // Cut off by this run's clock or by a person, not by the model: another run is cut off elsewhere.
      if (signal.aborted) return response;
      try {
        appendFileSync(path, exchangeLine({ key: keyOf(asked), request: asked, wish, ...priceIn(choice), response }));
      } catch (error) {
        const reason = `${problem(path, error)} The answer is not used, since it could not be recorded.`;
        return { kind: 'failed', cause: 'rejected', reason, usage: response.usage };
      }
      return response;
    },
  };
}

function priceIn({ price }: ModelChoice): Pick<ModelChoice, 'price'> {
  return price === undefined ? {} : { price };
}

function problem(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'EEXIST':
      return `There is already a file at ${path}, and a recording is never written over. Name a new file.`;
    case 'ENOENT':
      return `The recording cannot be written to ${path}: there is no such folder.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `The recording cannot be written to ${path}: no permission.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `The recording ${path} could not be written: the disk is full.`;
    default:
      return `The recording ${path} could not be written (${code}).`;
  }
}
