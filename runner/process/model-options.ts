import { EFFORTS } from '../../language/model/levels.js';
import type { ModelOptions } from '../models/index.js';
import { readPrices } from '../models/prices.js';
import type { RunParams } from '../protocol/messages.js';

export type ModelOptionsChosen =
  | { readonly ok: true; readonly value: Pick<ModelOptions, 'modelId' | 'apiKey' | 'effort' | 'prices' | 'recording'> }
  | { readonly ok: false; readonly message: string };

/** What a person set for the model, checked: settings hold anything. */
export function modelOptions({
  modelId,
  apiKey,
  effort,
  prices,
  recording,
}: Pick<RunParams, 'modelId' | 'apiKey' | 'effort' | 'prices' | 'recording'>): ModelOptionsChosen {
  const known = EFFORTS.find((one) => one === effort);
  if (effort !== undefined && known === undefined) {
    return {
      ok: false,
      message: `The effort "${effort}" is none of ${EFFORTS.join(', ')}. Change "countersign.dryRun.effort".`,
    };
  }
  const read = readPrices(prices ?? {});
  if (!read.ok)
    return { ok: false, message: `The prices in "countersign.dryRun.prices" cannot be used: ${read.reason}.` };
  return { ok: true, value: { modelId, apiKey, effort: known, prices: read.prices, recording } };
}
