import Anthropic from '@anthropic-ai/sdk';
import type { Message as ApiMessage, Model } from '@anthropic-ai/sdk/resources/messages';
import { claudeProblem } from './claude-errors.js';
import { messagesOf, readAnswer, systemOf, toolsOf } from './claude-messages.js';
import type { ModelClient, ModelRequest, ModelResponse, TurnUsage } from './port.js';
import { costOf } from './prices.js';
import { toolNames } from './tool-names.js';

/** The balanced model of the newest generation the SDK knows. */
export const DEFAULT_CLAUDE = 'claude-sonnet-5-5' satisfies Model;

/** More than any turn of an investigation says, and less than every model allows. */
const MAX_TOKENS = 32_000;

export interface ClaudeOptions {
  readonly apiKey: string;
  readonly modelId?: string;
  /** Where the API is, for tests; never taken from the environment, since the key goes there. */
  readonly baseUrl?: string;
  /** Milliseconds until the answer must have begun. */
  readonly timeout?: number;
  /** How often the SDK repeats a request that failed for the moment. */
  readonly retries?: number;
}

/** Claude through the Messages API. One call of `complete` is one request; the loop over tools is the engine's. */
export function claudeModel(options: ClaudeOptions): ModelClient {
  const model = options.modelId ?? DEFAULT_CLAUDE;
  const client = new Anthropic({
    apiKey: options.apiKey,
    baseURL: options.baseUrl ?? 'https://api.anthropic.com',
    timeout: options.timeout ?? 120_000,
    maxRetries: options.retries ?? 2,
    logLevel: 'off',
  });
  return {
    provider: 'claude',
    id: model,
    ai: true,
    note: `${model}, a model by Anthropic, through the Messages API. Everything it proposes is decided by the engine.`,
    async complete(request, signal): Promise<ModelResponse> {
      let seen: ApiMessage | undefined;
      try {
        signal.throwIfAborted();
        const stream = client.messages.stream(paramsOf(request, model), { signal });
        stream.on('streamEvent', (_, snapshot) => {
          seen = snapshot;
        });
        return responseOf(await stream.finalMessage(), request, model);
      } catch (error) {
        const reason = claudeProblem(error, model, options.apiKey, signal);
        return { kind: 'failed', reason, usage: usageOf(seen, model) };
      }
    },
  };
}

function paramsOf(request: ModelRequest, model: string) {
  const names = namesOf(request);
  const system = systemOf(request);
  const tools = toolsOf(request, names);
  return {
    model,
    max_tokens: Math.min(MAX_TOKENS, Math.max(1, Math.floor(request.maxTokens))),
    messages: messagesOf(request.messages, names),
    ...(system.length > 0 ? { system } : {}),
    ...(tools.length > 0 ? { tools } : {}),
  };
}

function responseOf(message: ApiMessage, request: ModelRequest, model: string): ModelResponse {
  const usage = usageOf(message, model);
  const { text, calls, answer } = readAnswer(message, namesOf(request));
  const ended = (stopReason: 'end' | 'max-tokens' | 'refusal' | 'pause', said = text): ModelResponse => ({
    kind: 'ok',
    stopReason,
    text: said,
    // A turn that was cut off or refused may hold half a call; none of it is proposed.
    calls: [],
    output: undefined,
    usage,
    raw: message.content,
  });
  switch (message.stop_reason) {
    case 'max_tokens':
      return ended('max-tokens');
    case 'refusal':
      return ended('refusal', text === '' ? (message.stop_details?.explanation ?? '') : text);
    case 'pause_turn':
      return ended('pause');
    case 'model_context_window_exceeded':
      return { kind: 'failed', reason: `The conversation no longer fits into what ${model} can read at once.`, usage };
    case 'tool_use':
    case 'end_turn':
    case 'stop_sequence': {
      const shared = { kind: 'ok', text, usage, raw: message.content } as const;
      // An answer next to calls was given before their results were seen: the calls come first.
      if (calls.length > 0) return { ...shared, stopReason: 'tool-calls', calls, output: undefined };
      const output = request.output === null ? undefined : answer?.arguments;
      return { ...shared, stopReason: 'end', calls: [], output };
    }
    case null:
      return { kind: 'failed', reason: 'The answer from Claude ended too early. Run again.', usage };
    default:
      return { kind: 'failed', reason: 'Claude stopped for a reason this version does not know.', usage };
  }
}

function namesOf(request: ModelRequest) {
  return toolNames(request.tools.map((tool) => tool.name));
}

/** All tokens the turn took in and gave out, those from the cache too, and what they cost. */
function usageOf(message: ApiMessage | undefined, model: string): TurnUsage {
  if (!message) return { inputTokens: 0, outputTokens: 0, usd: 0 };
  const { usage } = message;
  const cacheRead = usage.cache_read_input_tokens ?? 0;
  const written = usage.cache_creation_input_tokens ?? 0;
  const cacheWrite1h = Math.min(written, usage.cache_creation?.ephemeral_1h_input_tokens ?? 0);
  return {
    inputTokens: usage.input_tokens + cacheRead + written,
    outputTokens: usage.output_tokens,
    usd: costOf(model, {
      input: usage.input_tokens,
      output: usage.output_tokens,
      cacheRead,
      cacheWrite5m: written - cacheWrite1h,
      cacheWrite1h,
    }),
  };
}
