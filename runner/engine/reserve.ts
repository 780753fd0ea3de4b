import { within } from '../deadline.js';
import type { Need } from '../models/most.js';
import type { ModelLimits } from '../models/port.js';
import { type BudgetScope, exceeded, timeLeft } from './budget.js';
import { ENGINE, type RunContext } from './context.js';
import { NOTHING_RESERVED, NOTHING_SPENT } from './state.js';

/** Turns that wait until others give back what they reserved, in the order they came. */
export interface TurnQueue {
  /** Takes a place at the end, for a turn in scopes with these keys. */
  join(scopes: readonly string[]): Ticket;
  /** Has all who wait look again. */
  changed(): void;
}

interface Ticket {
  /** Whether a turn that came before waits in one of its scopes. */
  behind(): boolean;
  /** Resolves once something changed. */
  next(): Promise<void>;
  leave(): void;
}

export function newTurnQueue(): TurnQueue {
  interface Waiting {
    readonly scopes: readonly string[];
    wake: () => void;
  }
  const waiting: Waiting[] = [];
  const changed = (): void => {
    for (const one of [...waiting]) one.wake();
  };
  return {
    changed,
    join(scopes) {
      const mine: Waiting = { scopes, wake: () => {} };
      waiting.push(mine);
      return {
        behind: () =>
          waiting.slice(0, waiting.indexOf(mine)).some((one) => one.scopes.some((key) => scopes.includes(key))),
        next: () =>
          new Promise((resolve) => {
            mine.wake = resolve;
          }),
        leave() {
          waiting.splice(waiting.indexOf(mine), 1);
          changed();
        },
      };
    },
  };
}

/** What a turn may use; `undefined` where nothing limits tokens or money. */
export interface Reservation {
  /** What no other turn may use meanwhile. */
  readonly amount: Pick<ModelLimits, 'tokens' | 'usd'>;
  /** The same, and where the model costs nothing all the money that is left. */
  readonly left: Pick<ModelLimits, 'tokens' | 'usd'>;
  /** Once the turn has ended and what it used is counted. */
  giveBack(): void;
}

export type Reserving =
  | { readonly kind: 'reserved'; readonly reservation: Reservation | undefined }
  | { readonly kind: 'over'; readonly over: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'cancelled' };

/**
 * Sees that the next turn may begin, and reserves for it what it can use, so that the turns of several branches cannot pass a
 * limit together. One that is alone does not wait: it gets what is left, as far as it can use it. One that does not fit
 * beside those under way waits until they have ended, in the order in which turns came; time does not stand still for that.
 */
export async function reserveTurn(
  context: RunContext,
  path: string,
  scopes: readonly BudgetScope[],
  turn: number,
  need: () => Need,
): Promise<Reserving> {
  const { clock, state, apply, turns, journal } = context;
  const over = (): string | null => exceeded(state(), scopes, 'turn', clock.monotonic());
  const limited = scopes.filter(({ limits }) => limits?.tokens !== undefined || limits?.usd !== undefined);
  if (limited.length === 0) {
    const now = over();
    return now === null ? { kind: 'reserved', reservation: undefined } : { kind: 'over', over: now };
  }
  const keys = limited.map(({ key }) => key);
  const ticket = turns.join(keys);
  let wanted: Need | undefined;
  try {
    for (;;) {
      const now = over();
      if (now !== null) return { kind: 'over', over: now };
      const told = wanted !== undefined;
      wanted ??= need();
      const room = ticket.behind() ? undefined : roomIn(context, limited, wanted);
      if (room) {
        const whole = { tokens: 0, usd: 0, ...room.amount };
        apply({ kind: 'reserved', scopes: keys, amount: whole });
        const giveBack = (): void => {
          apply({ kind: 'given-back', scopes: keys, amount: whole });
          turns.changed();
        };
        return { kind: 'reserved', reservation: { ...room, giveBack } };
      }
      if (!told) await journal.write('budget.waiting', path, ENGINE, { turn, ...wanted });
      const time = timeLeft(state(), scopes, clock.monotonic());
      const waited = await within(() => ticket.next(), time, clock, context.signal, context.floor);
      if (waited.kind !== 'done') return waited;
    }
  } finally {
    ticket.leave();
  }
}

/** Beside others a turn gets all it can use only where that leaves room for so many. */
const PLENTY = 4;

/**
 * What a turn may use; `undefined` where it does not fit beside those under way. Alone it gets all it can use, as far as
 * that is left; beside others where there is plenty, else what it needs as a rule.
 */
function roomIn(
  { state }: RunContext,
  scopes: readonly BudgetScope[],
  { most, least }: Need,
): Pick<Reservation, 'amount' | 'left'> | undefined {
  const { spent, reserved } = state();
  const tokens: number[] = [];
  const usd: number[] = [];
  let beside = false;
  for (const { key, limits } of scopes) {
    const used = spent.get(key) ?? NOTHING_SPENT;
    const others = reserved.get(key) ?? NOTHING_RESERVED;
    beside ||= others.turns > 0;
    if (limits?.tokens !== undefined) tokens.push(limits.tokens - used.inputTokens - used.outputTokens - others.tokens);
    if (limits?.usd !== undefined) usd.push(limits.usd - used.usd - others.usd);
  }
  const free = { tokens: Math.min(...tokens), usd: Math.min(...usd) };
  const plenty = most.tokens * PLENTY <= free.tokens && most.usd * PLENTY <= free.usd;
  const wanted = beside && !plenty ? least : most;
  if (beside && (wanted.tokens > free.tokens || wanted.usd > free.usd)) return undefined;
  const ofTokens = tokens.length === 0 ? {} : { tokens: Math.min(wanted.tokens, free.tokens) };
  if (usd.length === 0) return { amount: ofTokens, left: ofTokens };
  const amount = { ...ofTokens, usd: Math.min(wanted.usd, free.usd) };
  return { amount, left: wanted.usd === 0 ? { ...amount, usd: free.usd } : amount };
}
