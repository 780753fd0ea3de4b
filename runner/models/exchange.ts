import type { Json, JsonObject } from '../protocol/trace.js';
import { canonical, digestOf, plainJson } from '../trace/canonical.js';
import { isJsonObject } from '../trace/json-object.js';
import { isShallow } from '../trace/shallow.js';
import { isObject } from '../trace/shape.js';
import {
  FAILURE_CAUSES,
  type ModelChoice,
  type ModelRequest,
  type ModelResponse,
  type ModelWish,
  type TokenPrice,
} from './port.js';

/**
 * A recording of exchanges with a model, `*.exchange.jsonl`: one JSON object a line, canonical (RFC 8785), the first saying
 * what it is. What was sent to a model and what it answered stands in it whole, nothing redacted: it is evidence.
 */
export const RECORDING_VERSION = 1;

export const NOTICE =
  'What was sent to a model and what it answered, unredacted. Keep it as carefully as the alert it is about.';

/** The first line. */
export interface RecordingHead {
  readonly v: typeof RECORDING_VERSION;
  readonly kind: 'countersign-recording';
  readonly notice: string;
  readonly model: { readonly provider: string; readonly id: string; readonly ai: boolean; readonly note: string };
  /** RFC 3339, UTC. */
  readonly time: string;
}

/** Every other line. */
export interface Exchange {
  /** `sha256:<hex>` of the canonical JSON of `request`. */
  readonly key: string;
  readonly request: JsonObject;
  /** What the playbook asked for; `request` has what came of it. */
  readonly wish: ModelWish;
  /** What its tokens cost at the most; absent: nothing. */
  readonly price?: TokenPrice;
  readonly response: ModelResponse;
}

/**
 * What makes two requests the same: everything a model is given, who it is, and the step that asks. Not in it are what a
 * run has of its own (its id), what only stand-ins read, how much time and money is left, and the provider's own form of
 * what the model said before, which follows from the rest.
 */
export function canonicalRequest(request: ModelRequest, choice: ModelChoice): JsonObject {
  const { step, system, messages, tools, output, maxTokens } = request;
  const value = {
    model: choice.model,
    effort: choice.effort ?? null,
    step,
    system,
    messages: messages.map((message) =>
      message.role === 'assistant' ? { role: message.role, text: message.text, calls: message.calls } : message,
    ),
    tools,
    output,
    maxTokens,
  };
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plainJson(part)]));
}

export function keyOf(request: JsonObject): string {
  return digestOf(request);
}

/**
 * Nothing of an exchange is nested deeper than a run goes into it, so each part is cut off by itself: what a line adds around
 * it would have it cut off sooner, and then it were another.
 */
export function exchangeLine(value: RecordingHead | Exchange): string {
  const line = 'response' in value ? { ...plainParts(value), ...wholeParts(value) } : plainParts(value);
  return `${canonical(line)}\n`;
}

/** What a request is made of is cut off already. */
function wholeParts({ request, response }: Exchange): JsonObject {
  const calls = response.kind === 'ok' ? { calls: response.calls.map(plainParts) } : {};
  return { request, response: { ...plainParts(response), ...calls } };
}

/** JSON whose members are made so by themselves. */
function plainParts(value: object): JsonObject {
  const there = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(there.map(([name, part]) => [name, plainJson(part)]));
}

export interface Recording {
  readonly head: RecordingHead;
  readonly exchanges: readonly Exchange[];
}

export type ReadRecording =
  | { readonly ok: true; readonly recording: Recording }
  /** `line` from 1. */
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** Reads the text of a recording; whatever does not fit makes it unusable, since what is missing could not be told apart. */
export function readRecording(text: string): ReadRecording {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  else return { ok: false, line: lines.length, reason: 'the line has no end: the recording was cut off' };
  let head: RecordingHead | undefined;
  const exchanges: Exchange[] = [];
  for (const [index, one] of lines.entries()) {
    const bad = (reason: string): ReadRecording => ({ ok: false, line: index + 1, reason });
    const value = parse(one);
    if (value === undefined) return bad('the line is not one JSON object');
    if (!head) {
      if (!isHead(value)) return bad(`it is not the first line of a recording in format version ${RECORDING_VERSION}`);
      head = value;
      continue;
    }
    if (!isExchange(value)) return bad('it is not an exchange with a model');
    if (value.key !== keyOf(value.request))
      return bad('the request is not the one its key was made of: it was changed');
    exchanges.push(value);
  }
  if (!head) return { ok: false, line: 1, reason: 'it is empty' };
  return { ok: true, recording: { head, exchanges } };
}

function parse(text: string): JsonObject | undefined {
  try {
    if (!isShallow(text)) return undefined;
    const value: Json = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHead(value: unknown): value is RecordingHead {
  if (!isObject(value) || value.v !== RECORDING_VERSION || value.kind !== 'countersign-recording') return false;
  const { model, time, notice } = value;
  return (
    typeof time === 'string' &&
    typeof notice === 'string' &&
    isObject(model) &&
    [model.provider, model.id, model.note].every((text) => typeof text === 'string') &&
    typeof model.ai === 'boolean'
  );
}

function isExchange(value: unknown): value is Exchange {
  if (!isObject(value)) return false;
  const { key, request, wish, price, response } = value;
  return typeof key === 'string' && isObject(request) && isWish(wish) && isPrice(price) && isResponse(response);
}

function isWish(value: unknown): boolean {
  return isObject(value) && [value.model, value.effort].every((text) => text === undefined || typeof text === 'string');
}

function isPrice(value: unknown): boolean {
  if (value === undefined) return true;
  return isObject(value) && [value.input, value.output].every((usd) => typeof usd === 'number' && usd >= 0);
}

const STOPS: ReadonlySet<unknown> = new Set(['end', 'tool-calls', 'max-tokens', 'refusal', 'pause']);
const CAUSES: ReadonlySet<unknown> = new Set<unknown>([undefined, ...FAILURE_CAUSES]);

function isResponse(value: unknown): boolean {
  if (!isObject(value) || !isUsage(value.usage)) return false;
  const { retried } = value;
  if (retried !== undefined && !(Array.isArray(retried) && retried.every((one) => typeof one === 'string')))
    return false;
  if (value.kind === 'failed') return typeof value.reason === 'string' && CAUSES.has(value.cause);
  return (
    value.kind === 'ok' &&
    STOPS.has(value.stopReason) &&
    typeof value.text === 'string' &&
    Array.isArray(value.calls) &&
    value.calls.every(
      (call) => isObject(call) && typeof call.id === 'string' && typeof call.tool === 'string' && 'arguments' in call,
    )
  );
}

function isUsage(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { inputTokens, outputTokens, usd, cacheReadTokens = 0, cacheWriteTokens = 0 } = value;
  return [inputTokens, outputTokens, usd, cacheReadTokens, cacheWriteTokens].every(
    (number) => typeof number === 'number' && number >= 0,
  );
}
