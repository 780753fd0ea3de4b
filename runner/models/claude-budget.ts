import { ADDED_TOKENS } from './most.js';
import type { ModelLimits, TurnUsage } from './port.js';
import type { Price } from './prices.js';

/** The room a request has: how many tokens its answer may take, or which limit it could pass. */
export type Room = { readonly ok: true; readonly maxTokens: number } | { readonly ok: false; readonly over: string };

/** A count is an estimate, says the API; it may be off by this share. */
const COUNT_MARGIN = 1.02;

/** An answer with less room than this is not worth the request. */
const LEAST_ANSWER = 256;

/** Whether a request and its whole answer stay within what is left even if every byte sent were a token. Then nobody need count. */
export function surelyFits(bytes: number, maxTokens: number, left: ModelLimits, price: Price): boolean {
  const input = bytes + ADDED_TOKENS;
  if (left.tokens !== undefined && input + maxTokens > left.tokens) return false;
  return left.usd === undefined || (input * price.cacheWrite5m + maxTokens * price.output) / 1e6 <= left.usd;
}

/**
 * The room of a request whose input has so many tokens by the API's own count. At the dearest the input is all written to
 * the cache and the answer takes all it may; with this much room neither can pass a limit.
 */
export function roomFor(counted: number, maxTokens: number, left: ModelLimits, price: Price): Room {
  if (!(counted >= 0)) return { ok: false, over: 'the API did not say how many tokens the next request reads' };
  const input = Math.ceil(counted * COUNT_MARGIN);
  const wanted = Math.min(maxTokens, LEAST_ANSWER);
  const tokens = left.tokens === undefined ? maxTokens : Math.floor(left.tokens - input);
  if (tokens < wanted)
    return { ok: false, over: `the next request reads about ${input} tokens, and ${whole(left.tokens)} are left` };
  const usd =
    left.usd === undefined || price.output === 0
      ? maxTokens
      : Math.floor((left.usd * 1e6 - input * price.cacheWrite5m) / price.output);
  const dear = left.usd !== undefined && input * price.cacheWrite5m > left.usd * 1e6;
  if (usd < wanted || dear) {
    const cost = (input * price.cacheWrite5m) / 1e6;
    return {
      ok: false,
      over: `the next request may cost $${cost.toFixed(4)} for the ${input} tokens it reads alone, and $${Math.max(0, left.usd ?? 0).toFixed(4)} are left`,
    };
  }
  return { ok: true, maxTokens: Math.min(maxTokens, tokens, usd) };
}

/** What is left once `used` was used too. Time is another matter. */
export function less(left: ModelLimits, used: TurnUsage): ModelLimits {
  return {
    ...(left.tokens === undefined ? {} : { tokens: left.tokens - used.inputTokens - used.outputTokens }),
    ...(left.usd === undefined ? {} : { usd: left.usd - used.usd }),
  };
}

export const NO_USAGE: TurnUsage = { inputTokens: 0, outputTokens: 0, usd: 0 };

/** Both together. */
export function addUsage(a: TurnUsage, b: TurnUsage): TurnUsage {
  const read = (a.cacheReadTokens ?? 0) + (b.cacheReadTokens ?? 0);
  const written = (a.cacheWriteTokens ?? 0) + (b.cacheWriteTokens ?? 0);
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    usd: a.usd + b.usd,
    ...(read > 0 ? { cacheReadTokens: read } : {}),
    ...(written > 0 ? { cacheWriteTokens: written } : {}),
  };
}

function whole(tokens: number | undefined): number {
  return Math.max(0, Math.floor(tokens ?? 0));
}
