import { EFFORTS } from '../../language/model/levels.js';
import type { JsonObject } from '../protocol/trace.js';
import { type Difference, differences } from './difference.js';
import { canonicalRequest, type Exchange, keyOf, type Recording } from './exchange.js';
import type { ModelChoice, ModelClient, ModelRequest, ModelResponse, ModelWish } from './port.js';

/**
 * Answers what a recording answers, request by request, and never asks anybody. A request that is not in it is an error
 * that says what the nearest one has otherwise. What was asked several times gets its answers in the order they came.
 */
export function replayModel({ head, exchanges }: Recording): ModelClient {
  const byKey = new Map<string, Exchange[]>();
  for (const exchange of exchanges) byKey.set(exchange.key, [...(byKey.get(exchange.key) ?? []), exchange]);
  const played = new Map<string, number>();
  const { id, ai, note } = head.model;
  const choose = (wish: ModelWish): ModelChoice => choiceIn(exchanges, wish) ?? { model: id, ...wish };
  return {
    provider: 'replay',
    id,
    ai,
    note: `Replayed from a recording of ${head.time}; nothing is sent. It was: ${note}`,
    choose,
    async complete(request, signal): Promise<ModelResponse> {
      const usage = { inputTokens: 0, outputTokens: 0, usd: 0 };
      if (signal.aborted) return { kind: 'failed', reason: 'The run was cancelled.', usage };
      const asked = canonicalRequest(request, choose(request.wish ?? {}));
      const key = keyOf(asked);
      const answers = byKey.get(key) ?? [];
      const number = played.get(key) ?? 0;
      const answer = answers[number];
      if (!answer)
        return { kind: 'failed', cause: 'rejected', reason: missing(request, asked, exchanges, number), usage };
      played.set(key, number + 1);
      return answer.response;
    },
  };
}

/** Who answered steps with this wish when the recording was made. */
function choiceIn(exchanges: readonly Exchange[], wish: ModelWish): ModelChoice | undefined {
  const found = exchanges.find(({ wish: one }) => one.model === wish.model && one.effort === wish.effort);
  if (!found || typeof found.request.model !== 'string') return undefined;
  const effort = EFFORTS.find((one) => one === found.request.effort);
  return {
    model: found.request.model,
    ...(effort === undefined ? {} : { effort }),
    // So that turns wait for each other as they did.
    ...(found.price === undefined ? {} : { price: found.price }),
  };
}

/** Differences beyond these need not be counted to find the nearest. */
const MOST_DIFFERENCES = 200;

function missing(
  { step, turn }: ModelRequest,
  asked: JsonObject,
  exchanges: readonly Exchange[],
  number: number,
): string {
  const what = `Turn ${turn} of "${step}" is not in the recording`;
  const advice = 'Record anew, or run what was recorded.';
  if (number > 0) {
    const times = number === 1 ? 'once' : `${number} times`;
    return `${what}: exactly this was asked ${times} when it was made, and is asked once more now. ${advice}`;
  }
  const [nearest] = exchanges
    .map(({ request }, index) => ({ index, found: take(differences(asked, request), MOST_DIFFERENCES) }))
    .sort((a, b) => a.found.length - b.found.length);
  const [first] = nearest?.found ?? [];
  if (!nearest || !first) return `${what}: there is no exchange in it at all. ${advice}`;
  const others = nearest.found.length - 1;
  const more =
    others === 0
      ? ''
      : others >= MOST_DIFFERENCES - 1
        ? ', and much more'
        : `, and ${others} more ${others === 1 ? 'place' : 'places'}`;
  return `${what}. The nearest, exchange ${nearest.index + 1}, differs at "${first.path}": now ${first.wanted}, recorded ${first.found}${more}. ${advice}`;
}

function take(all: Generator<Difference>, most: number): readonly Difference[] {
  const taken: Difference[] = [];
  for (const one of all) {
    taken.push(one);
    if (taken.length >= most) break;
  }
  return taken;
}
