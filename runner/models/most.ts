import type { ModelRequest, TokenPrice } from './port.js';

/** The most a turn may use. */
export interface Most {
  /** In and out together. */
  readonly tokens: number;
  /** US dollars. */
  readonly usd: number;
}

/** Tokens a provider adds to what is sent, such as its own words about tools; more than any adds. */
export const ADDED_TOKENS = 2_000;

/** The provider's own form of a request has more bytes than ours: up to this many times as many, and so many more. */
const FORM = { times: 1.5, more: 4_000 } as const;

/**
 * The most one request and its answer can use, by what is sent alone, so that it is the same each time: a token has at least
 * one byte, and the answer takes all it may. Without a price it costs nothing.
 */
export function mostOf({ system, messages, tools, output, maxTokens }: MostOf, price?: TokenPrice): Most {
  const bytes = Buffer.byteLength(JSON.stringify([system, messages, tools, output]));
  const input = Math.ceil(bytes * FORM.times) + FORM.more + ADDED_TOKENS;
  const usd = price ? (input * price.input + maxTokens * price.output) / 1e6 : 0;
  return { tokens: input + maxTokens, usd };
}

type MostOf = Pick<ModelRequest, 'system' | 'messages' | 'tools' | 'output' | 'maxTokens'>;
