import { newCall } from '../decide/call.js';
import type { CallChange } from '../protocol/messages.js';
import type { JsonObject } from '../protocol/trace.js';
import { plainJson } from '../trace/canonical.js';
import { isJsonObject } from '../trace/json-object.js';
import type { AskedCall } from './approval-round.js';
import type { RunContext } from './context.js';

export interface Changed {
  /** What would be proposed now, in the order in which it was shown. */
  readonly calls: readonly AskedCall[];
  /** Why it is no proposal; `null` when it is one. */
  readonly refused: string | null;
}

/**
 * What a person makes of the calls they were shown: the same tools for the same steps with other arguments. It is looked at
 * as any proposal is before people are asked: what would be denied whoever approved it is none.
 */
export function applyChanges(
  context: RunContext,
  shown: readonly AskedCall[],
  changes: readonly CallChange[],
): Changed {
  const refuse = (refused: string): Changed => ({ calls: shown, refused });
  const wanted = new Map<string, JsonObject>();
  for (const change of changes) {
    const args = plainJson(change.arguments);
    if (!shown.some(({ call }) => call.id === change.call)) return refuse('It changes a call that was not shown.');
    if (wanted.has(change.call)) return refuse('It changes the same call twice.');
    if (!isJsonObject(args)) return refuse('The changed arguments are not an object.');
    wanted.set(change.call, args);
  }
  let differs = false;
  const calls = shown.map((asked): AskedCall => {
    const args = wanted.get(asked.call.id);
    if (args === undefined) return asked;
    const call = newCall(context.nextCallId(), asked.call.tool, asked.tool, args, context.binding);
    if (call.digest === asked.call.digest) return asked;
    differs = true;
    return { ...asked, call };
  });
  if (!differs) return refuse('It changes nothing.');
  for (const { call, recheck } of calls) {
    const problem = recheck(call);
    if (problem !== undefined) return { calls, refused: problem };
  }
  return { calls, refused: null };
}
