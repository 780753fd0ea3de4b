import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from '@anthropic-ai/sdk';
import { redactText } from '../trace/redact.js';

/** Why a request failed, for a person: what is wrong and what to do. Never holds the key, whatever the error says. */
export function claudeProblem(error: unknown, model: string, key: string, signal: AbortSignal): string {
  if (signal.aborted || error instanceof APIUserAbortError) return 'The request to Claude was cancelled.';
  if (error instanceof APIConnectionTimeoutError) {
    return 'Claude did not answer in time. Check the network, or try again later.';
  }
  if (error instanceof APIConnectionError) {
    return 'The Anthropic API could not be reached, or the connection broke. Check the network and any proxy, then run again.';
  }
  if (!(error instanceof APIError)) {
    return `The answer from Claude ended too early or could not be read${said(error, key)} Run again.`;
  }
  const detail = said(error.apiMessage ?? undefined, key);
  switch (error.status) {
    case 401:
      return `The Anthropic API did not accept the key${detail} Set a valid one: ANTHROPIC_API_KEY in the environment, or "Countersign: Set Anthropic API Key…" in the editor.`;
    case 402:
      return `The Anthropic account cannot be billed${detail} Look at its plan and credit.`;
    case 403:
      return `The Anthropic key may not do this${detail} Check what its workspace allows.`;
    case 404:
      return `The Anthropic API does not know the model "${model}"${detail} Name another one.`;
    case 413:
      return `The conversation is too large for one request${detail} Give the step fewer or smaller tool results.`;
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

/** What the other side said, as part of a sentence: short, on one line, without secrets. */
function said(error: unknown, key: string): string {
  const text = error instanceof Error ? error.message : typeof error === 'string' ? error : '';
  if (text === '') return '.';
  const clean = redactText(key === '' ? text : text.replaceAll(key, '[redacted:anthropic-key]'))
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return ` (it said: ${clean.length > 200 ? `${clean.slice(0, 200)}…` : clean}).`;
}
