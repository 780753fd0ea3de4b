import type { Message as ApiMessage, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import type { Json } from '../protocol/trace.js';
import { plainJson, wellFormed } from '../trace/canonical.js';
import { CUT_OFF, type RequestFailure } from './claude-errors.js';
import type { ModelResponse, ProposedCall, TurnUsage } from './port.js';
import { costOf, type Price } from './prices.js';
import { ANSWER_TOOL, type ToolNames } from './tool-names.js';

type Answered = Extract<ModelResponse, { readonly kind: 'ok' }>;
export type Read =
  | { readonly ok: true; readonly answer: Answered }
  | { readonly ok: false; readonly failure: RequestFailure };

/** What we asked for. Everything else runs on the provider's side, or is newer than this program. */
const BLOCKS: ReadonlySet<string> = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use']);

/** The text of the arguments of each block as it came, by the block's number, and how much text came in all. */
export interface Heard {
  readonly inputs: ReadonlyMap<number, string>;
  readonly length: number;
}

/** Follows the events of a stream. The SDK mends the JSON of arguments that was cut off; a call must not be mended. */
export function listen(): { readonly event: (event: RawMessageStreamEvent) => void; readonly heard: () => Heard } {
  const inputs = new Map<number, string>();
  let length = 0;
  return {
    event(event) {
      if (event.type !== 'content_block_delta') return;
      const { delta, index } = event;
      if (delta.type === 'text_delta') length += delta.text.length;
      if (delta.type === 'thinking_delta') length += delta.thinking.length;
      if (delta.type !== 'input_json_delta') return;
      length += delta.partial_json.length;
      inputs.set(index, (inputs.get(index) ?? '') + delta.partial_json);
    },
    heard: () => ({ inputs, length }),
  };
}

export interface Reading {
  readonly names: ToolNames;
  readonly heard: Heard;
  readonly usage: TurnUsage;
  readonly model: string;
  /** Whether the answer comes as text in the form that was asked for. */
  readonly formed: boolean;
  readonly wantsOutput: boolean;
}

/** What an answer of the API says, or why it cannot be used. */
export function readAnswer(message: ApiMessage, reading: Reading): Read {
  const odd = oddityOf(message);
  if (odd !== undefined) {
    const reason = `Claude answered with ${odd}, which nobody asked for. Nothing of the answer is used.`;
    return { ok: false, failure: { cause: 'faulty', reason, again: false } };
  }
  const { usage } = reading;
  const parts = partsOf(message, reading);
  /** A turn that was cut off or refused may hold half a call: none of it is proposed, and only its text is handed back. */
  const ended = (stopReason: 'max-tokens' | 'refusal', text = parts.text): Read => ({
    ok: true,
    answer: { kind: 'ok', stopReason, text, calls: [], output: undefined, usage },
  });
  const shared = { kind: 'ok', text: parts.text, usage, raw: parts.raw } as const;
  switch (message.stop_reason) {
    case 'max_tokens':
      return ended('max-tokens');
    case 'refusal':
      return ended('refusal', refusalOf(message, parts.text));
    case 'pause_turn':
      return { ok: true, answer: { ...shared, stopReason: 'pause', calls: [], output: undefined } };
    case 'model_context_window_exceeded': {
      const reason = `The conversation no longer fits into what ${reading.model} can read at once. Give the step fewer or smaller tool results, or name a model that reads more.`;
      return { ok: false, failure: { cause: 'too-long', reason, again: false } };
    }
    case 'tool_use':
    case 'end_turn':
    case 'stop_sequence': {
      // An answer next to calls was given before their results were seen: the calls come first.
      if (parts.calls.length > 0) {
        return { ok: true, answer: { ...shared, stopReason: 'tool-calls', calls: parts.calls, output: undefined } };
      }
      const output = !reading.wantsOutput ? undefined : reading.formed ? parts.formed : parts.handedIn;
      return { ok: true, answer: { ...shared, stopReason: 'end', calls: [], output } };
    }
    case null:
      return { ok: false, failure: CUT_OFF };
    default: {
      const reason = 'Claude stopped for a reason this version does not know. Nothing of the answer is used.';
      return { ok: false, failure: { cause: 'faulty', reason, again: false } };
    }
  }
}

/** What in an answer is not ours: blocks of tools that run elsewhere, calls made by code, two calls under one name. */
function oddityOf(message: ApiMessage): string | undefined {
  if (!Array.isArray(message.content)) return 'no list of blocks';
  const ids = new Set<string>();
  for (const block of message.content) {
    const type: unknown = block?.type;
    if (typeof type !== 'string' || !BLOCKS.has(type)) return `a block of the kind ${JSON.stringify(visible(type))}`;
    if (block.type === 'text' && typeof block.text !== 'string') return 'a text without text';
    if (block.type !== 'tool_use') continue;
    if (typeof block.id !== 'string' || typeof block.name !== 'string' || block.id === '')
      return 'a call without a name';
    if (ids.has(block.id)) return `two calls with the id ${JSON.stringify(visible(block.id))}`;
    ids.add(block.id);
    const caller: unknown = block.caller?.type ?? 'direct';
    if (caller !== 'direct') return `a call made by ${JSON.stringify(visible(caller))}`;
  }
  return undefined;
}

function visible(value: unknown): string {
  return String(value)
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 60);
}

interface Parts {
  readonly text: string;
  readonly calls: readonly ProposedCall[];
  /** What the text says as JSON: all of it, else the last block, where words came before. */
  readonly formed: Json | undefined;
  /** What was handed in through the tool for the answer. */
  readonly handedIn: Json | undefined;
  readonly raw: Json;
}

function partsOf({ content }: ApiMessage, { names, heard }: Reading): Parts {
  const texts: string[] = [];
  const calls: ProposedCall[] = [];
  let handedIn: Json | undefined;
  const raw = content.map((block, index) => {
    if (block.type === 'text') texts.push(block.text);
    if (block.type !== 'tool_use') return plainJson(block);
    const said = heard.inputs.get(index) ?? '';
    // What is no JSON is proposed as the text it is: the engine denies it, and says so to the model.
    const args = said === '' ? plainJson(block.input ?? {}) : (parse(said) ?? said);
    if (block.name === ANSWER_TOOL) handedIn ??= args;
    else calls.push({ id: block.id, tool: names.fromApi(wellFormed(block.name)), arguments: args });
    const input = typeof args === 'object' && args !== null && !Array.isArray(args) ? args : {};
    return plainJson({ type: 'tool_use', id: block.id, name: block.name, input });
  });
  const text = texts.join('\n');
  return { text: wellFormed(text), formed: parse(text) ?? parse(texts.at(-1) ?? ''), calls, handedIn, raw };
}

function parse(text: string): Json | undefined {
  try {
    return plainJson(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function refusalOf({ stop_details: details }: ApiMessage, text: string): string {
  const why = [
    details?.category ? `It was stopped as ${JSON.stringify(details.category)}.` : '',
    details?.explanation ?? '',
    text,
  ];
  return wellFormed(why.filter((part) => part !== '').join(' '));
}

/** All tokens a request took in and gave out, those from the cache too, and what they cost. */
export function usageOf(message: ApiMessage | undefined, price: Price): TurnUsage {
  if (!message?.usage) return { inputTokens: 0, outputTokens: 0, usd: 0 };
  const { usage } = message;
  const cacheRead = count(usage.cache_read_input_tokens);
  const written = count(usage.cache_creation_input_tokens);
  const cacheWrite1h = Math.min(written, count(usage.cache_creation?.ephemeral_1h_input_tokens));
  const input = count(usage.input_tokens);
  const output = count(usage.output_tokens);
  const billed = { input, output, cacheRead, cacheWrite5m: written - cacheWrite1h, cacheWrite1h };
  return {
    inputTokens: input + cacheRead + written,
    outputTokens: output,
    usd: costOf(price, billed),
    ...(cacheRead > 0 ? { cacheReadTokens: cacheRead } : {}),
    ...(written > 0 ? { cacheWriteTokens: written } : {}),
  };
}

/** At four characters a token, which is what the provider generated and charges for, though it never came to say so. */
export function usageOfCut(message: ApiMessage | undefined, heard: Heard, price: Price): TurnUsage {
  const usage = usageOf(message, price);
  const unsaid = Math.max(0, Math.ceil(heard.length / 4) - usage.outputTokens);
  return { ...usage, outputTokens: usage.outputTokens + unsaid, usd: usage.usd + (unsaid * price.output) / 1e6 };
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
