import type { RequestFailure } from './claude-errors.js';

/** Requests of one turn, the first counted. */
const MOST_REQUESTS = 5;

/** The longest wait before one request, whatever the service asks for; somebody sits before a run. */
const LONGEST_WAIT_MS = 120_000;

export type Wait =
  | { readonly ok: true; readonly ms: number }
  /** `because` follows the reason of the failure; may be empty. */
  | { readonly ok: false; readonly because: string };

/**
 * How long to wait before the next request of a turn, or why there is none: what the service asks for, else half a second
 * that doubles each time, up to eight (as the SDK has it). Never into a deadline: a wait that ends after it is not begun.
 * @param number of the request that failed, from 1
 * @param left milliseconds until the deadline, `undefined` without one
 */
export function waitBefore(number: number, failure: RequestFailure, left: number | undefined): Wait {
  if (!failure.again) return { ok: false, because: '' };
  if (number >= MOST_REQUESTS) return { ok: false, because: `It was tried ${number} times.` };
  const ms = failure.retryAfter ?? Math.min(8_000, 500 * 2 ** (number - 1));
  const asks = failure.retryAfter === undefined ? '' : `It asks to wait ${inWords(ms)}, and `;
  if (left !== undefined && ms >= left) {
    return { ok: false, because: sentence(`${asks}the time of the step or the run is over in ${inWords(left)}.`) };
  }
  if (ms > LONGEST_WAIT_MS) {
    return { ok: false, because: sentence(`${asks}a run waits at most ${inWords(LONGEST_WAIT_MS)}.`) };
  }
  return { ok: true, ms };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function inWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
