import type { Message as ApiMessage, MessageCreateParamsBase, Model } from '@anthropic-ai/sdk/resources/messages';
import type { Effort } from '../../language/model/levels.js';
import type { Clock } from '../ports.js';
import { listen, readAnswer, usageOf, usageOfCut } from './claude-answer.js';
import { BATCH_DISCOUNT, type MessageBatches } from './claude-batches.js';
import { addUsage, less, NO_USAGE, roomFor, surelyFits } from './claude-budget.js';
import { type Connection, clientOf } from './claude-client.js';
import { CANCELLED, failureOf, type RequestFailure, SILENT } from './claude-errors.js';
import { type Forms, formsOf, NO_FORMS } from './claude-forms.js';
import { messagesOf, systemOf, toolsOf } from './claude-messages.js';
import { waitBefore } from './claude-waiting.js';
import { isKey } from './claude-wire.js';
import type { ModelChoice, ModelClient, ModelRequest, ModelResponse, ModelWish, TurnUsage } from './port.js';
import { dearest, PRICES_OF, type Price, type Prices, priceOf } from './prices.js';
import { watchSilence } from './silence.js';
import { type ToolNames, toolNames } from './tool-names.js';

/** The balanced model of the newest generation the SDK knows. */
export const DEFAULT_CLAUDE = 'claude-sonnet-5-5' satisfies Model;

/** More than any turn of an investigation says, and less than every model allows. */
const MAX_TOKENS = 32_000;

/** Milliseconds without a byte after which a request is given up. The API sends a sign of life far more often. */
const SILENCE_MS = 120_000;

export interface ClaudeOptions extends Connection {
  readonly clock: Clock;
  /** For steps that name none. Any id; nothing here knows which there are. */
  readonly modelId?: string | undefined;
  readonly effort?: Effort | undefined;
  /** For every step, whatever it names. */
  readonly always?: ModelWish | undefined;
  /** The person's own prices, before the list's. */
  readonly prices?: Prices | undefined;
  /** What turns are sent with, many runs' together; by themselves unless given. */
  readonly batches?: MessageBatches | undefined;
}

/**
 * Claude through the Messages API. One call of `complete` is one turn: one request, or several where the service was busy
 * or the connection broke. The loop over tools is the engine's; nothing offered runs on the provider's side.
 */
export function claudeModel(options: ClaudeOptions): ModelClient {
  const { model: id } = choose(options, {});
  /** Models that do not take strict schemas, found out by asking. */
  const loose = new Set<string>();
  return {
    provider: 'claude',
    id,
    ai: true,
    note: `${id}, a model by Anthropic, through the Messages API. Everything it proposes is decided by the engine. ${pricedBy(options, id)}`,
    choose: (wish) => priced(options, choose(options, wish)),
    complete: (request, signal) => takeTurn(options, request, signal, loose),
  };
}

/** Where the cost of a run comes from, for its trace. */
function pricedBy({ prices = {} }: ClaudeOptions, id: string): string {
  if (priceOf(id, prices) === undefined) return 'Its price is not known; it is counted at the dearest that is.';
  return priceOf(id) === priceOf(id, prices)
    ? `Cost by prices of ${PRICES_OF}.`
    : 'Cost by prices that whoever started the run gave.';
}

function choose({ always, modelId, effort: usual }: ClaudeOptions, wish: ModelWish): ModelChoice {
  const effort = always?.effort ?? wish.effort ?? usual;
  return {
    model: always?.model ?? wish.model ?? modelId ?? DEFAULT_CLAUDE,
    ...(effort === undefined ? {} : { effort }),
  };
}

/** With what it costs where it costs the most: all that is read is written to the cache. */
function priced({ prices }: ClaudeOptions, choice: ModelChoice): ModelChoice {
  const { cacheWrite5m, output } = priceOf(choice.model, prices) ?? dearest(prices);
  return { ...choice, price: { input: cacheWrite5m, output } };
}

async function takeTurn(
  options: ClaudeOptions,
  request: ModelRequest,
  signal: AbortSignal,
  loose: Set<string>,
): Promise<ModelResponse> {
  const { clock, prices } = options;
  const { wish = {}, left = {} } = request;
  const { model, effort } = choose(options, wish);
  const deadline = left.time === undefined ? undefined : clock.monotonic() + left.time;
  const known = priceOf(model, prices);
  const retried: string[] = [];
  let usage = NO_USAGE;
  const failed = ({ cause, reason }: Pick<RequestFailure, 'cause' | 'reason'>): ModelResponse => ({
    kind: 'failed',
    cause,
    reason,
    usage,
    ...(retried.length > 0 ? { retried } : {}),
  });
  if (!isKey(options.apiKey)) return failed(NO_KEY);
  if (known === undefined && left.usd !== undefined) {
    const reason = `What ${model} costs is not known, so the budget in US dollars cannot be kept; nothing was sent. State its price (--prices, or "countersign.dryRun.prices" in the editor), name another model, or limit tokens instead.`;
    return failed({ cause: 'rejected', reason });
  }
  const price = known ?? dearest(prices);
  let forms = loose.has(model) ? NO_FORMS : formsOf(request);
  for (let number = 1; ; number++) {
    if (signal.aborted) return failed(CANCELLED);
    const sent = await send({ options, request, signal, model, effort, price, forms, left: less(left, usage) });
    usage = addUsage(usage, sent.usage);
    if (sent.kind === 'answered') {
      return { ...sent.answer, usage, ...(retried.length > 0 ? { retried } : {}) };
    }
    if (sent.kind === 'no-room') return failed({ cause: 'over-budget', reason: `${sent.over}.` });
    const { failure } = sent;
    if (failure.aboutSchema && forms !== NO_FORMS) {
      // Without a strict form the answer is asked for as before, and checked here all the same.
      loose.add(model);
      forms = NO_FORMS;
      retried.push(failure.reason);
      continue;
    }
    const wait = waitBefore(number, failure, deadline === undefined ? undefined : deadline - clock.monotonic());
    if (!wait.ok) return failed({ ...failure, reason: `${failure.reason} ${wait.because}`.trim() });
    retried.push(failure.reason);
    await clock.sleep(wait.ms, signal);
  }
}

const NO_KEY = {
  cause: 'rejected',
  reason:
    'The key for Claude is none: a key is one word of plain letters, digits and signs. Set a valid one: ANTHROPIC_API_KEY in the environment, or "Countersign: Set Anthropic API Key…" in the editor.',
} as const;

interface Sending {
  readonly options: ClaudeOptions;
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
  readonly model: string;
  readonly effort: Effort | undefined;
  readonly price: Price;
  readonly forms: Forms;
  readonly left: { readonly tokens?: number; readonly usd?: number };
}

type Sent =
  | { readonly kind: 'answered'; readonly answer: Extract<ModelResponse, { kind: 'ok' }>; readonly usage: TurnUsage }
  | { readonly kind: 'no-room'; readonly over: string; readonly usage: TurnUsage }
  | { readonly kind: 'failed'; readonly failure: RequestFailure; readonly usage: TurnUsage };

/** One request, after its tokens were counted where it might pass a limit. */
async function send({ options, request, signal, model, effort, price, forms, left }: Sending): Promise<Sent> {
  const { clock, apiKey } = options;
  const watch = watchSilence(clock, SILENCE_MS, signal);
  const client = clientOf(options, watch.heard);
  const names = toolNames(request.tools.map((tool) => tool.name));
  const listening = listen();
  let seen: ApiMessage | undefined;
  const answerIn = (message: ApiMessage, usage: TurnUsage): Sent => {
    const wantsOutput = request.output !== null;
    const formed = forms.answer !== null;
    const read = readAnswer(message, { names, heard: listening.heard(), usage, model, formed, wantsOutput });
    return read.ok
      ? { kind: 'answered', answer: read.answer, usage }
      : { kind: 'failed', failure: read.failure, usage };
  };
  try {
    const params = paramsOf(request, names, model, effort, forms);
    const { max_tokens: wanted, ...prompt } = params;
    let room = wanted;
    if (!surelyFits(Buffer.byteLength(JSON.stringify(prompt)), wanted, left, price)) {
      const counted = await client.messages.countTokens(prompt, { signal: watch.signal });
      const found = roomFor(counted.input_tokens, wanted, left, price);
      if (!found.ok) return { kind: 'no-room', over: found.over, usage: NO_USAGE };
      room = found.maxTokens;
    }
    if (options.batches) {
      // What is counted before stays at the full price: a budget must not be overrun because of a guess.
      const message = await options.batches.message({ ...params, max_tokens: room }, signal);
      const full = usageOf(message, price);
      return answerIn(message, { ...full, usd: full.usd * BATCH_DISCOUNT });
    }
    const stream = client.messages.stream({ ...params, max_tokens: room }, { signal: watch.signal });
    stream.on('streamEvent', (event, snapshot) => {
      seen = snapshot;
      listening.event(event);
    });
    const message = await stream.finalMessage();
    return answerIn(message, usageOf(message, price));
  } catch (error) {
    const failure = signal.aborted
      ? CANCELLED
      : !options.batches && watch.silent()
        ? SILENT
        : failureOf(error, model, apiKey, clock.now());
    return { kind: 'failed', failure, usage: usageOfCut(seen, listening.heard(), price) };
  } finally {
    watch.end();
  }
}

function paramsOf(request: ModelRequest, names: ToolNames, model: string, effort: Effort | undefined, forms: Forms) {
  const system = systemOf(request, forms);
  const tools = toolsOf(request, names, forms);
  const output = {
    ...(effort === undefined ? {} : { effort }),
    ...(forms.answer === null ? {} : { format: { type: 'json_schema' as const, schema: forms.answer } }),
  };
  return {
    model,
    max_tokens: Math.min(MAX_TOKENS, Math.max(1, Math.floor(request.maxTokens))),
    messages: messagesOf(request.messages, names),
    ...(system.length > 0 ? { system } : {}),
    ...(tools.length > 0 ? { tools } : {}),
    ...(Object.keys(output).length > 0 ? { output_config: output } : {}),
  } satisfies MessageCreateParamsBase;
}
