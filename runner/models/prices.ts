import { isObject } from '../trace/shape.js';

/** US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

/** Prices by model: by its id, or by the start of ids where it ends in `*`. An id goes before a start, a longer start before a shorter. */
export type Prices = { readonly [model: string]: Price };

/** Cache writes cost 1.25 (five minutes) and 2 (one hour) times the input price on every model, reads a tenth or less. */
export function priceFrom(input: number, output: number, cacheRead = input / 10): Price {
  return { input, output, cacheRead, cacheWrite5m: input * 1.25, cacheWrite1h: input * 2 };
}

/** The month the list below is of. */
export const PRICES_OF = '2026-10';

/**
 * From the models' price list at https://platform.claude.com/docs/en/about-claude/pricing, as of `PRICES_OF`. Where a price
 * depends on the length of the prompt, the dearer one is taken: a budget must not be overrun because of a guess.
 */
export const PRICES: Prices = {
  'claude-fable-*': priceFrom(10, 50, 1),
  'claude-mythos-*': priceFrom(10, 50, 1),
  'claude-opus-5-5*': priceFrom(4, 20, 0.2),
  'claude-opus-5*': priceFrom(5, 25, 0.5),
  'claude-opus-4-8*': priceFrom(5, 25, 0.5),
  'claude-opus-4-7*': priceFrom(5, 25, 0.5),
  'claude-opus-4-6*': priceFrom(5, 25, 0.5),
  'claude-opus-4-5*': priceFrom(5, 25, 0.5),
  'claude-opus-4*': priceFrom(15, 75, 1.5),
  'claude-sonnet-5-5*': priceFrom(2, 10, 0.1),
  'claude-sonnet-5*': priceFrom(2, 10, 0.2),
  'claude-sonnet-4*': priceFrom(3, 15, 0.3),
  'claude-haiku-5-5*': priceFrom(0.5, 2.5, 0.05),
  'claude-haiku-4-5*': priceFrom(1, 5, 0.1),
};

/** What a model's tokens cost, the person's own prices before the list's; `undefined` when that is not known. */
export function priceOf(model: string, own: Prices = {}): Price | undefined {
  return lookUp(model, own) ?? lookUp(model, PRICES);
}

function lookUp(model: string, prices: Prices): Price | undefined {
  if (Object.hasOwn(prices, model)) return prices[model];
  const starts = Object.keys(prices)
    .filter((key) => key.endsWith('*') && model.startsWith(key.slice(0, -1)))
    .sort((a, b) => b.length - a.length);
  const [longest] = starts;
  return longest === undefined ? undefined : prices[longest];
}

/** The dearest price that is known: what a model without a price is counted at where no budget depends on it. */
export function dearest(own: Prices = {}): Price {
  const known = [...Object.values(PRICES), ...Object.values(own)];
  const most = (part: keyof Price): number => Math.max(...known.map((price) => price[part]));
  return {
    input: most('input'),
    output: most('output'),
    cacheRead: most('cacheRead'),
    cacheWrite5m: most('cacheWrite5m'),
    cacheWrite1h: most('cacheWrite1h'),
  };
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
export function costOf(each: Price, tokens: BilledTokens): number {
  const millionths =
    tokens.input * each.input +
    tokens.output * each.output +
    tokens.cacheRead * each.cacheRead +
    tokens.cacheWrite5m * each.cacheWrite5m +
    tokens.cacheWrite1h * each.cacheWrite1h;
  return millionths / 1_000_000;
}

export type ReadPrices =
  | { readonly ok: true; readonly prices: Prices }
  | { readonly ok: false; readonly reason: string };

/**
 * Prices as people write them: model to `{ input, output, cacheRead? }`, US dollars per million tokens. What is not
 * understood is refused as a whole, since a budget rests on it.
 */
export function readPrices(value: unknown): ReadPrices {
  const wrong = (reason: string): ReadPrices => ({ ok: false, reason });
  if (!isObject(value)) return wrong('it is no map of models to prices');
  const prices: { [model: string]: Price } = Object.create(null);
  for (const [model, price] of Object.entries(value)) {
    const at = JSON.stringify(model);
    if (!/^[\w.:@-]+\*?$/.test(model)) return wrong(`${at} is neither the id of a model nor the start of ids and a *`);
    if (!isObject(price)) return wrong(`the price of ${at} is no map with "input" and "output"`);
    const unknown = Object.keys(price).find((key) => !['input', 'output', 'cacheRead'].includes(key));
    if (unknown !== undefined)
      return wrong(`the price of ${at} has ${JSON.stringify(unknown)}; it takes input, output and cacheRead`);
    const { input, output, cacheRead } = price;
    if (!isPrice(input) || !isPrice(output))
      return wrong(`the price of ${at} needs "input" and "output", in US dollars per million tokens`);
    if (cacheRead !== undefined && !isPrice(cacheRead)) return wrong(`"cacheRead" of ${at} is no price`);
    prices[model] = priceFrom(input, output, cacheRead);
  }
  return { ok: true, prices };
}

function isPrice(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= 1_000_000;
}
