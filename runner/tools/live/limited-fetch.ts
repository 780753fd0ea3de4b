/**
 * A `fetch` that takes at most `limit` bytes of one message and goes nowhere else: a redirect is an error, since it would
 * carry the evidence to a place nobody named. A stream may bring any number of messages; each ends with an empty line.
 * `broken` is told when the answer to a message was cut off, or was too long: the library would wait on.
 */
export function limitedFetch(
  fetch: typeof globalThis.fetch,
  limit: number,
  broken: (reason: string) => void,
): (url: string | URL, init?: RequestInit) => Promise<Response> {
  return async (url, init) => {
    const response = await fetch(url, { ...init, redirect: 'error' });
    if (!response.body) return response;
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    const isAnswer = init?.method === 'POST';
    const body = ReadableStream.from(limited(response.body, limit, isStream, isAnswer ? broken : () => undefined));
    return new Response(body, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

async function* limited(
  body: ReadableStream<Uint8Array>,
  limit: number,
  isStream: boolean,
  broken: (reason: string) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let lineEnded = false;
  try {
    for await (const chunk of body) {
      for (const byte of chunk) {
        if (++bytes > limit) throw new Error(`its answer has more than ${limit} bytes`);
        if (!isStream || byte === CARRIAGE_RETURN) continue;
        if (byte === LINE_FEED && lineEnded) bytes = 0;
        lineEnded = byte === LINE_FEED;
      }
      yield chunk;
    }
  } catch (error) {
    broken(error instanceof Error ? error.message : String(error));
    throw error;
  }
}
