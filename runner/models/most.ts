import type { ModelRequest, TokenPrice } from './port.js';

/** How much a turn may use. */
export interface Most {
  /** In and out together. */
  readonly tokens: number;
  /** US dollars. */
  readonly usd: number;
}

/** Tokens a provider adds to what is sent, such as its own words about tools; more than any adds. */
export const ADDED_TOKENS = 2_000;

/** What a turn needs. */
export interface Need {
  /** The most it can use. With so much nobody has to count its tokens first. */
  readonly most: Most;
  /** What is enough for it as a rule. Where it is not, its answer is shorter, or it ends with the budget. */
  readonly least: Most;
}

/** The provider's own form of a request has more bytes than ours: up to this many times as many, and so many more. */
const FORM = { times: 1.5, more: 4_000 } as const;

/** Bytes of a token, as few as they are on average in words, JSON and addresses alike. */
const BYTES_OF_TOKEN = 2;

/**
 * What one request and its answer need, by what is sent alone, so that it is the same each time: the answer takes all it may,
 * and a token has one byte or more. Without a price it costs nothing.
 */
export function needOf({ system, messages, tools, output, maxTokens }: NeedOf, price?: TokenPrice): Need {
  const bytes = Buffer.byteLength(JSON.stringify([system, messages, tools, output]));
  const using = (input: number): Most => ({
    tokens: input + maxTokens,
    usd: price ? (input * price.input + maxTokens * price.output) / 1e6 : 0,
  });
  return {
    most: using(Math.ceil(bytes * FORM.times) + FORM.more + ADDED_TOKENS),
    least: using(Math.ceil(bytes / BYTES_OF_TOKEN) + ADDED_TOKENS),
  };
}

type NeedOf = Pick<ModelRequest, 'system' | 'messages' | 'tools' | 'output' | 'maxTokens'>;
