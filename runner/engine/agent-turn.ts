import type { AgentStep } from '../../language/model/playbook.js';
import { within } from '../deadline.js';
import { type Need, needOf } from '../models/most.js';
import type {
  Message,
  ModelLimits,
  ModelRequest,
  ModelResponse,
  ModelWish,
  TokenPrice,
  ToolOffer,
} from '../models/port.js';
import type { Actor } from '../protocol/trace.js';
import { plainJson } from '../trace/canonical.js';
import { amount, type BudgetScope, limitsForTrace, timeLeft, usageOf, withLeastLimits } from './budget.js';
import { ENGINE, pathOf, type RunContext } from './context.js';
import { type Reservation, reserveTurn } from './reserve.js';

const MAX_ANSWER_TOKENS = 8192;

/** How often the event loop may turn until a model that was told to end says what it used. */
const LAST_TURNS = 20;

/** What stays the same in all turns of a conversation. */
export interface Conversation {
  readonly step: AgentStep;
  readonly system: string;
  readonly offers: readonly ToolOffer[];
  readonly scopes: readonly BudgetScope[];
  readonly wish: ModelWish;
  /** What the model is asked for; `undefined`: its own. */
  readonly effort: string | undefined;
  /** The model that answers, and what its tokens cost at the most. */
  readonly agent: Actor;
  readonly price: TokenPrice | undefined;
}

export type Turn =
  | { readonly kind: 'answered'; readonly response: ModelResponse }
  /** The limit it would pass, so that nobody was asked. */
  | { readonly kind: 'over'; readonly over: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'cancelled' };

/** What the playbook says about who should answer, and who does. */
export function whoAnswers(
  context: RunContext,
  step: AgentStep,
): Pick<Conversation, 'wish' | 'effort' | 'agent' | 'price'> {
  const wish = {
    ...(step.model ? { model: step.model.value } : {}),
    ...(step.effort ? { effort: step.effort.value } : {}),
  };
  const { model } = context;
  const choice = model.choose?.(wish, pathOf(context, step)) ?? { model: model.id };
  return { wish, effort: choice.effort, agent: { kind: 'agent', id: choice.model }, price: choice.price };
}

/**
 * Asks the model once. What was asked, what it answered and what that cost is written and counted, whether or not there is
 * an answer: also of a model that was cut off because the time was up or the run cancelled.
 * @param fresh messages of `messages` that no turn before had
 */
export async function takeTurn(
  context: RunContext,
  conversation: Conversation,
  turn: number,
  messages: readonly Message[],
  fresh: readonly Message[],
): Promise<Turn> {
  const { model, clock, journal } = context;
  const { step, system, offers, scopes, wish, effort, agent } = conversation;
  const id = pathOf(context, step);
  const spend = (part: Parameters<typeof amount>[0]): void =>
    context.apply({ kind: 'spent', scopes: scopes.map((scope) => scope.key), amount: amount(part) });
  const draft: ModelRequest = {
    run: context.binding.run,
    step: id,
    turn,
    system,
    messages: [...messages],
    tools: offers,
    output: step.output ?? null,
    entities: context.entities,
    maxTokens: MAX_ANSWER_TOKENS,
    wish,
  };
  const need = (): Need => model.need?.(draft) ?? needOf(draft, conversation.price);
  const reserving = await reserveTurn(context, id, scopes, turn, need);
  if (reserving.kind !== 'reserved') return reserving;
  const { reservation } = reserving;
  // Spent when it is asked for: the agents of other branches must not ask for the same turn.
  spend({ turns: 1 });
  await journal.write('model.request', id, ENGINE, {
    turn,
    model: agent.id,
    messages: messages.length,
    tools: offers.map((offer) => offer.name),
    system: turn === 1 ? system : null,
    input: fresh.flatMap((message) => (message.role === 'assistant' ? [] : [plainJson(message)])),
    ...(effort === undefined ? {} : { effort }),
    ...(turn === 1 ? { limits: limitsForTrace(withLeastLimits(step.budget)) } : {}),
    ...(reservation === undefined ? {} : { reserved: reservation.amount }),
  });
  const left = limitsOf(context, scopes, reservation);
  const maxTokens = Math.max(1, Math.min(MAX_ANSWER_TOKENS, left.tokens ?? MAX_ANSWER_TOKENS));
  const request: ModelRequest = { ...draft, maxTokens, left };
  let answering: Promise<ModelResponse> | undefined;
  const ask = (signal: AbortSignal): Promise<ModelResponse> => {
    answering = model.complete(request, signal);
    return answering;
  };
  const waited = await within(ask, left.time, clock, context.signal, context.floor);
  const response = waited.kind === 'done' ? waited.value : await lastWord(answering);
  if (response) spend(spentIn(response));
  reservation?.giveBack();
  if (response) {
    await journal.write('model.response', id, agent, responseData(turn, response, waited.kind !== 'done'));
  }
  return waited.kind === 'done' ? { kind: 'answered', response: waited.value } : waited;
}

function limitsOf(
  context: RunContext,
  scopes: readonly BudgetScope[],
  reservation: Reservation | undefined,
): ModelLimits {
  const time = timeLeft(context.state(), scopes, context.clock.monotonic());
  return { ...reservation?.left, ...(time === undefined ? {} : { time }) };
}

/** What a model says that was told to end: tokens that were paid for count, though nobody reads the answer. */
async function lastWord(answering: Promise<ModelResponse> | undefined): Promise<ModelResponse | undefined> {
  let last: ModelResponse | undefined;
  answering?.then(
    (response) => {
      last = response;
    },
    // Told to end in the middle of something; it has nothing to say.
    () => {},
  );
  for (let turn = 0; answering && !last && turn < LAST_TURNS; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return last;
}

/** A model's own word on what it used, as far as it can be a number. */
function spentIn({ usage }: ModelResponse) {
  const number = (value: number | undefined): number =>
    value !== undefined && Number.isFinite(value) && value > 0 ? value : 0;
  return {
    inputTokens: number(usage.inputTokens),
    outputTokens: number(usage.outputTokens),
    usd: number(usage.usd),
    cacheReadTokens: number(usage.cacheReadTokens),
    cacheWriteTokens: number(usage.cacheWriteTokens),
  };
}

function responseData(turn: number, response: ModelResponse, isLate: boolean) {
  const usage = usageOf(amount({ turns: 1, ...spentIn(response) }));
  const retried = response.retried && response.retried.length > 0 ? { retried: response.retried } : {};
  const nothing = { turn, calls: [], usage, ...retried };
  // Nobody reads it any more, so all it says is what it cost.
  if (isLate) return { ...nothing, stopReason: 'cut-off', text: response.kind === 'failed' ? response.reason : '' };
  if (response.kind === 'failed') {
    const cause = response.cause === undefined ? {} : { cause: response.cause };
    return { ...nothing, stopReason: 'failed', text: response.reason, ...cause };
  }
  return {
    turn,
    stopReason: response.stopReason,
    text: response.text,
    calls: response.calls.map(({ id, tool, arguments: args }) => ({ id, tool, arguments: plainJson(args) })),
    ...(response.output === undefined ? {} : { output: plainJson(response.output) }),
    usage,
    ...retried,
  };
}
