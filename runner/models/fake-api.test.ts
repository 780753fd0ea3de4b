import type { Clock } from '../ports.js';

/** One request as it went over the wire. */
export interface WireRequest {
  readonly url: string;
  readonly path: string;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the body is what the test is about
  readonly body: any;
  readonly init: RequestInit;
}

export interface FakeApi {
  readonly fetch: typeof fetch;
  readonly requests: WireRequest[];
}

/** Takes the place of the network. A request that aborts rejects, as fetch does. */
export function fakeApi(answer: (request: WireRequest, number: number) => Response | Promise<Response>): FakeApi {
  const requests: WireRequest[] = [];
  return {
    requests,
    fetch: async (input, init = {}) => {
      const url = String(input);
      const request = {
        url,
        path: new URL(url).pathname,
        headers: new Headers(init.headers),
        body: JSON.parse(String(init.body)),
        init,
      };
      requests.push(request);
      const aborted = new Promise<never>((_, reject) => {
        const fail = () => reject(new DOMException('This operation was aborted', 'AbortError'));
        if (init.signal?.aborted) fail();
        init.signal?.addEventListener('abort', fail, { once: true });
      });
      aborted.catch(() => {});
      const response = await Promise.race([Promise.resolve(answer(request, requests.length)), aborted]);
      if (!response.body || !init.signal) return response;
      const { status, headers } = response;
      const ended = { signal: init.signal };
      return new Response(response.body.pipeThrough(new TransformStream(), ended), { status, headers });
    },
  };
}

/** Time that goes on only where somebody waits for less than a request may be silent. */
export function waitingClock(): Clock & { readonly waits: number[]; silence(): void } {
  let time = 0;
  const waits: number[] = [];
  const silent = new Set<() => void>();
  return {
    waits,
    now: () => Date.UTC(2026, 0, 1) + time,
    monotonic: () => time,
    sleep(ms, signal) {
      if (ms < 120_000 && silent.size === 0) {
        waits.push(ms);
        time += ms;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const wake = () => {
          silent.delete(wake);
          resolve();
        };
        silent.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    },
    silence() {
      time += 120_000;
      for (const wake of [...silent]) wake();
    },
  };
}

type Event = { readonly type: string; readonly [member: string]: unknown };
export type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: string; readonly [member: string]: unknown };

export interface Usage {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_read_input_tokens?: number;
  readonly cache_creation_input_tokens?: number;
}

/** The events of one answer, as the Messages API streams them. */
export function eventsOf(blocks: readonly Block[], stop?: string | null, usage: Usage = {}, delta = {}): Event[] {
  const calls = blocks.some(({ type }) => type === 'tool_use');
  return [
    {
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-test',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 100, ...usage, output_tokens: 1 },
      },
    },
    ...blocks.flatMap((block, index) => blockEvents(block, index)),
    {
      type: 'message_delta',
      delta: {
        stop_reason: stop === undefined ? (calls ? 'tool_use' : 'end_turn') : stop,
        stop_sequence: null,
        ...delta,
      },
      usage: { output_tokens: usage.output_tokens ?? 20 },
    },
    { type: 'message_stop' },
  ];
}

function blockEvents(block: Block, index: number): Event[] {
  const { start, deltas } = partsOf(block);
  return [
    { type: 'content_block_start', index, content_block: start },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

function partsOf(block: Block): { start: object; deltas: readonly object[] } {
  if (block.type === 'text') {
    return {
      start: { type: 'text', text: '' },
      deltas: [{ type: 'text_delta', text: block.text }],
    };
  }
  if (block.type === 'tool_use') {
    const text = typeof block.input === 'string' ? block.input : JSON.stringify(block.input);
    const half = Math.ceil(text.length / 2);
    return {
      start: { ...block, input: {} },
      deltas: [text.slice(0, half), text.slice(half)].map((part) => ({ type: 'input_json_delta', partial_json: part })),
    };
  }
  return { start: block, deltas: [] };
}

/** Events as bytes; `after` says what follows the last: the end of the connection, or its break. */
export function stream(events: readonly (Event | string)[], after: 'end' | 'break' | 'nothing' = 'end'): Response {
  const encoder = new TextEncoder();
  const parts = events.map((event) =>
    encoder.encode(typeof event === 'string' ? event : `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
  );
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = parts.shift();
      if (next) controller.enqueue(next);
      else if (after === 'end') controller.close();
      else if (after === 'break') controller.error(new TypeError('terminated'));
      else return new Promise(() => {});
      return undefined;
    },
  });
  return new Response(body, { status: 200, headers: { 'content-type': 'text/event-stream' } });
}

export function answered(blocks: readonly Block[], stop?: string | null, usage?: Usage, delta?: object): Response {
  return stream(eventsOf(blocks, stop, usage, delta));
}

export function failure(status: number, headers: Record<string, string> = {}, message = 'No.'): Response {
  const error = { type: 'error', error: { type: 'api_error', message } };
  return new Response(JSON.stringify(error), { status, headers: { 'content-type': 'application/json', ...headers } });
}

export const text = (said: string): Block => ({ type: 'text', text: said });
export const call = (id: string, name: string, input: unknown): Block => ({ type: 'tool_use', id, name, input });
