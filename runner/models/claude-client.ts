import Anthropic from '@anthropic-ai/sdk';
import { API_URL, wireFetch } from './claude-wire.js';

/** Timers of the SDK never end a request; the clock passed in does. The longest time a timer can have. */
const NEVER_MS = 2 ** 31 - 1;

/** Where requests go, and by which key. */
export interface Connection {
  readonly apiKey: string;
  /** Where the API is, for tests. */
  readonly baseUrl?: string | undefined;
  /** What sends a request, for tests. */
  readonly fetch?: typeof fetch | undefined;
}

/** A client that reads nothing from the environment or a profile, repeats nothing, logs nothing and holds no key. */
export function clientOf({ apiKey, baseUrl, fetch: sender = fetch }: Connection, heard: () => void): Anthropic {
  return new Anthropic({
    apiKey: 'none',
    webhookKey: null,
    baseURL: baseUrl ?? API_URL,
    timeout: NEVER_MS,
    maxRetries: 0,
    logLevel: 'off',
    openTelemetry: false,
    fetch: wireFetch(apiKey, sender, heard),
  });
}
