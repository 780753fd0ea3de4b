/** US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

/** Cache writes cost 1.25 (five minutes) and 2 (one hour) times the input price on every model. */
function price(input: number, output: number, cacheRead: number): Price {
  return { input, output, cacheRead, cacheWrite5m: input * 1.25, cacheWrite1h: input * 2 };
}

/**
 * By the start of the model id, the longest match first in each family. From the models' price list at
 * https://platform.claude.com/docs/en/about-claude/pricing, October and November 2026. Where a price depends on the length
 * of the prompt, the dearer one is taken: a budget must not be overrun because of a guess.
 */
const PRICES: readonly (readonly [prefix: string, price: Price])[] = [
  ['claude-fable-', price(10, 50, 1)],
  ['claude-mythos-', price(10, 50, 1)],
  ['claude-opus-5-5', price(4, 20, 0.4)],
  ['claude-opus-5', price(5, 25, 0.5)],
  ['claude-opus-4-8', price(5, 25, 0.5)],
  ['claude-opus-4-7', price(5, 25, 0.5)],
  ['claude-opus-4-6', price(5, 25, 0.5)],
  ['claude-opus-4-5', price(5, 25, 0.5)],
  ['claude-opus-4', price(15, 75, 1.5)],
  ['claude-sonnet-5', price(2, 10, 0.2)],
  ['claude-sonnet-4', price(3, 15, 0.3)],
  ['claude-haiku-5-5', price(0.5, 2.5, 0.05)],
  ['claude-haiku-4-5', price(1, 5, 0.1)],
];

/** The dearest price of any model: what a model that is not in the list is taken to cost. */
export const DEAREST: Price = price(15, 75, 1.5);

/** What a model's tokens cost. A model that is not known costs as much as the dearest that is, never nothing. */
export function priceOf(model: string): Price {
  return PRICES.find(([prefix]) => model.startsWith(prefix))?.[1] ?? DEAREST;
}

/** Tokens as they are billed; `input` without those read from or written to the cache. */
export interface BilledTokens {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

/** US dollars. */
export function costOf(model: string, tokens: BilledTokens): number {
  const each = priceOf(model);
  const millionths =
    tokens.input * each.input +
    tokens.output * each.output +
    tokens.cacheRead * each.cacheRead +
    tokens.cacheWrite5m * each.cacheWrite5m +
    tokens.cacheWrite1h * each.cacheWrite1h;
  return millionths / 1_000_000;
}
