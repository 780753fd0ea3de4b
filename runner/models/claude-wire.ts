import { VERSION } from '../version.js';

/** The only place a request goes to; never taken from the environment, since the key and the evidence go there. */
export const API_URL = 'https://api.anthropic.com';

/** The version of the Messages API whose types the SDK has. */
const API_VERSION = '2026-10-21';

/**
 * What goes over the wire, whatever the SDK makes of its surroundings: it reads `ANTHROPIC_CUSTOM_HEADERS` and may add
 * headers of its own, so exactly these are sent and no others. The SDK is not given the key at all. A redirect is an error:
 * the evidence goes to the one address and nowhere else. `heard` is told whenever bytes of an answer arrive.
 */
export function wireFetch(key: string, send: typeof fetch, heard: () => void): typeof fetch {
  return async (input, init) => {
    const response = await send(input, {
      method: init?.method ?? 'GET',
      body: init?.body ?? null,
      signal: init?.signal ?? null,
      redirect: 'error',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'anthropic-version': API_VERSION,
        'user-agent': `countersign/${VERSION}`,
        authorization: `Bearer ${key}`,
      },
    });
    heard();
    if (!response.body) return response;
    const body = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          heard();
          controller.enqueue(chunk);
        },
      }),
    );
    const { status, statusText, headers } = response;
    return new Response(body, { status, statusText, headers });
  };
}

/** Whether a text can be a key at all: one word of visible ASCII, which is what a header can carry. */
export function isKey(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key);
}
