import { APIError } from '@anthropic-ai/sdk';
import type { Message as ApiMessage, MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages';
import type { Clock } from '../ports.js';
import { type Connection, clientOf } from './claude-client.js';
import { API_URL } from './claude-wire.js';

/** Sends what many runs ask as message batches: for half the price, and within a day in place of at once. */
export interface MessageBatches {
  /** The answer to a request, once its batch has ended. Rejects as the SDK does where there is none. */
  message(params: MessageCreateParamsNonStreaming, signal: AbortSignal): Promise<ApiMessage>;
}

/** What a batch costs of what the requests would cost by themselves. */
export const BATCH_DISCOUNT = 0.5;

/** Milliseconds after the last request of a turn until the batch is sent: runs ask at about the same moment. */
const GATHER_MS = 1000;
/** Milliseconds between two looks at a batch. */
const POLL_MS = 10_000;
/** The API takes 100,000 requests or 256 MB; far less already makes the most of it. */
const MOST_REQUESTS = 1000;

interface Asked {
  readonly id: string;
  readonly params: MessageCreateParamsNonStreaming;
  readonly signal: AbortSignal;
  readonly answer: (message: ApiMessage) => void;
  readonly fail: (error: unknown) => void;
}

export interface BatchesOptions extends Connection {
  readonly clock: Clock;
  /** Aborts when nobody waits for answers any more: batches under way are cancelled. */
  readonly signal: AbortSignal;
}

export function messageBatches(options: BatchesOptions): MessageBatches {
  const { clock, signal } = options;
  const home = new URL(options.baseUrl ?? API_URL).origin;
  const sender = options.fetch ?? fetch;
  // Where the results are, the service says: they are fetched from itself and from nowhere else.
  const own: typeof fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== home)
      return Promise.reject(new Error('The results of a batch are to lie elsewhere. They are not fetched.'));
    return sender(input, init);
  };
  const client = clientOf({ ...options, fetch: own }, () => undefined);
  let waiting: Asked[] = [];
  let ids = 0;
  let gathering = false;

  const gather = async (): Promise<void> => {
    gathering = true;
    for (let before = -1; waiting.length !== before && waiting.length < MOST_REQUESTS; ) {
      before = waiting.length;
      await clock.sleep(GATHER_MS, signal);
    }
    gathering = false;
    const asked = waiting.slice(0, MOST_REQUESTS);
    waiting = waiting.slice(MOST_REQUESTS);
    if (waiting.length > 0) void gather();
    await send(asked.filter((one) => !one.signal.aborted || drop(one)));
  };

  const send = async (asked: readonly Asked[]): Promise<void> => {
    if (asked.length === 0) return;
    const open = new Map(asked.map((one) => [one.id, one]));
    let batch: string | undefined;
    try {
      const requests = asked.map(({ id, params }) => ({ custom_id: id, params }));
      const made = await client.messages.batches.create({ requests }, { signal });
      batch = made.id;
      for (let { processing_status: status } = made; status !== 'ended'; ) {
        await clock.sleep(POLL_MS, signal);
        ({ processing_status: status } = await client.messages.batches.retrieve(batch, {}, { signal }));
      }
      for await (const { custom_id: id, result } of await client.messages.batches.results(batch, {}, { signal })) {
        const one = open.get(id);
        open.delete(id);
        if (result.type === 'succeeded') one?.answer(result.message);
        else
          one?.fail(
            result.type === 'errored'
              ? errorIn(result.error)
              : new Error(`The batch was ${result.type} before it was answered.`),
          );
      }
      for (const one of open.values()) one.fail(new Error('The batch ended without its answer.'));
    } catch (error) {
      for (const one of open.values()) one.fail(error);
      if (signal.aborted && batch !== undefined) await client.messages.batches.cancel(batch).catch(() => undefined);
    }
  };

  const drop = (one: Asked): boolean => {
    one.fail(new Error('It was cancelled before it was sent.'));
    return false;
  };

  return {
    message: (params, ended) =>
      new Promise((answer, fail) => {
        waiting.push({ id: `request-${++ids}`, params, signal: ended, answer, fail });
        if (!gathering) void gather();
      }),
  };
}

/** An error of one request, as the SDK has those of requests by themselves. */
function errorIn({ error }: { readonly error: { readonly type: string; readonly message: string } }): Error {
  const status = STATUSES.get(error.type);
  return new APIError(status, { type: 'error', error }, error.message, new Headers());
}

/** The API's own: https://platform.claude.com/docs/en/api/errors. Of others it is not known whether they pass. */
const STATUSES: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['timeout_error', 504],
  ['overloaded_error', 529],
]);
