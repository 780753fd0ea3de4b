import { APIConnectionError, APIError } from '@anthropic-ai/sdk';
import { redactText } from '../trace/redact.js';
import type { FailureCause } from './port.js';

/** Why one request failed. */
export interface RequestFailure {
  readonly cause: FailureCause;
  /** For a person: what is wrong and what to do. Never holds the key, whatever the error says. */
  readonly reason: string;
  /** Whether the same request may succeed a little later. */
  readonly again: boolean;
  /** Milliseconds the service asks to wait before that. */
  readonly retryAfter?: number;
  /** Whether a 400 may be about a schema that was sent as `strict`. */
  readonly aboutSchema?: boolean;
}

export const CANCELLED: RequestFailure = {
  cause: 'unavailable',
  reason: 'The request to Claude was cancelled.',
  again: false,
};

export const SILENT: RequestFailure = {
  cause: 'unavailable',
  reason: 'Claude did not answer in time. Check the network, or try again later.',
  again: true,
};

export const CUT_OFF: RequestFailure = {
  cause: 'unavailable',
  reason: 'The answer from Claude ended too early. Run again.',
  again: true,
};

/** Statuses below 500 that pass by themselves: timeout, conflict, too early, rate limit. As the SDK has it, and 425. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 429]);
const PASSING_TYPES: ReadonlySet<string> = new Set([
  'api_error',
  'overloaded_error',
  'rate_limit_error',
  'timeout_error',
]);

/** What an error of the SDK means. `now` is the time of day, for a `Retry-After` that names one. */
export function failureOf(error: unknown, model: string, key: string, now: number): RequestFailure {
  if (error instanceof APIConnectionError) {
    return {
      cause: 'unavailable',
      reason:
        'The Anthropic API could not be reached, or the connection broke. Check the network and any proxy, then run again.',
      again: true,
    };
  }
  // A stream without its end, an event that is no JSON, a block that was not begun: the answer cannot be relied on.
  if (!(error instanceof APIError)) {
    return {
      ...CUT_OFF,
      reason: `The answer from Claude ended too early or could not be read${said(error, key)} Run again.`,
    };
  }
  const { status, type } = error;
  const told = error.headers?.get('x-should-retry');
  const passing =
    status === undefined ? type === null || PASSING_TYPES.has(type) : status >= 500 || PASSING.has(status);
  const retryAfter = retryAfterOf(error.headers, now);
  const tooLong = status === 413 || /prompt is too long/i.test(error.apiMessage ?? '');
  return {
    cause: tooLong ? 'too-long' : passing ? 'unavailable' : 'rejected',
    reason: problem(error, model, said(error.apiMessage ?? undefined, key), tooLong),
    again: passing && told !== 'false',
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(status === 400 && /schema|strict|output_config|format|grammar/i.test(error.apiMessage ?? '')
      ? { aboutSchema: true }
      : {}),
  };
}

function problem(error: APIError, model: string, detail: string, tooLong: boolean): string {
  if (tooLong)
    return `The conversation is too large for one request${detail} Give the step fewer or smaller tool results.`;
  switch (error.status) {
    case 401:
      return `The Anthropic API did not accept the key${detail} Set a valid one: ANTHROPIC_API_KEY in the environment, or "Countersign: Set Anthropic API Key…" in the editor.`;
    case 402:
      return `The Anthropic account cannot be billed${detail} Look at its plan and credit.`;
    case 403:
      return `The Anthropic key may not do this${detail} Check what its workspace allows.`;
    case 404:
      return `The Anthropic API does not know the model "${model}"${detail} Name another one.`;
    case 429:
      return `The Anthropic API's rate limit is reached${detail} Wait a little, or use a key with a higher limit.`;
    case 529:
      return `Claude is overloaded at the moment${detail} Try again later.`;
    case 400:
    case 422:
      return `The Anthropic API refused the request${detail} If it names a part of a tool's schema, correct that in the catalog.`;
    default:
      break;
  }
  if (error.type === 'overloaded_error') return `Claude is overloaded at the moment${detail} Try again later.`;
  return `The Anthropic API failed${error.status === undefined ? '' : ` with status ${error.status}`}${detail} Try again later.`;
}

/** RFC 9110, 10.2.3: seconds, or a time of day; and the API's own `retry-after-ms`. Milliseconds, never below 0. */
function retryAfterOf(headers: Headers | undefined, now: number): number | undefined {
  const exact = number(headers?.get('retry-after-ms'));
  if (exact !== undefined) return Math.max(0, exact);
  const text = headers?.get('retry-after');
  const seconds = number(text);
  if (seconds !== undefined) return Math.max(0, seconds * 1000);
  const time = text ? Date.parse(text) : Number.NaN;
  return Number.isFinite(time) ? Math.max(0, time - now) : undefined;
}

function number(text: string | null | undefined): number | undefined {
  if (!text || !/^\s*[+-]?\d+(\.\d+)?\s*$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** What the other side said, as part of a sentence: short, on one line, without secrets. */
function said(error: unknown, key: string): string {
  const text = error instanceof Error ? error.message : typeof error === 'string' ? error : '';
  if (text === '') return '.';
  const clean = redactText(key === '' ? text : text.replaceAll(key, '[redacted:anthropic-key]'))
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return ` (it said: ${clean.length > 200 ? `${clean.slice(0, 200)}…` : clean}).`;
}
