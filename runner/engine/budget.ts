import type { Budget } from '../../language/model/playbook.js';
import { NOTHING_SPENT, type RunState, type Spent } from './state.js';

/** A thing that has limits: the run, or one agent step. */
export interface BudgetScope {
  /** `run`, or the id of the step. */
  readonly id: string;
  readonly limits: Pick<Budget, 'turns' | 'tokens' | 'usd' | 'time' | 'toolCalls'> | undefined;
  /** On the clock that never goes back, milliseconds. */
  readonly startedAt: number;
}

/** Limits that hold where a playbook states none: no run goes on for ever. */
const LEAST_LIMITS = { turns: 50, toolCalls: 500 } as const;

/**
 * Names the first limit that `next` would break, for people; `null` when it may go on. Tokens and dollars are known only
 * after a turn, so a turn may start below a limit and end above it; nothing of such a turn is carried out.
 */
export function exceeded(
  state: RunState,
  scopes: readonly BudgetScope[],
  next: 'turn' | 'tool-call' | 'nothing',
  now: number,
): string | null {
  for (const { id, limits, startedAt } of scopes) {
    const spent = state.spent.get(id) ?? NOTHING_SPENT;
    const of = id === 'run' ? 'of the run' : `of "${id}"`;
    const turns = limits?.turns ?? LEAST_LIMITS.turns;
    const toolCalls = limits?.toolCalls ?? LEAST_LIMITS.toolCalls;
    const tokens = spent.inputTokens + spent.outputTokens;
    const over = (used: number, limit: number, wanted: boolean): boolean => used > limit || (wanted && !(used < limit));
    if (limits?.time !== undefined && !(now - startedAt < limits.time)) return `the time ${of} (${limits.time} ms)`;
    if (over(spent.turns, turns, next === 'turn')) return `the turns ${of} (${turns})`;
    if (over(spent.toolCalls, toolCalls, next === 'tool-call')) return `the tool calls ${of} (${toolCalls})`;
    if (limits?.tokens !== undefined && over(tokens, limits.tokens, next === 'turn')) {
      return `the tokens ${of} (${limits.tokens})`;
    }
    if (limits?.usd !== undefined && over(spent.usd, limits.usd, next === 'turn')) {
      return `the money ${of} (${limits.usd} US dollars)`;
    }
  }
  return null;
}

/** Milliseconds until the first of the scopes' time limits, `undefined` when none has one. */
export function timeLeft(scopes: readonly BudgetScope[], now: number): number | undefined {
  return least(scopes.map(({ limits, startedAt }) => limits?.time && Math.max(0, startedAt + limits.time - now)));
}

/** Tokens that may still be used, `undefined` without a limit. */
export function tokensLeft(state: RunState, scopes: readonly BudgetScope[]): number | undefined {
  return least(
    scopes.map(({ id, limits }) => {
      const spent = state.spent.get(id) ?? NOTHING_SPENT;
      return limits?.tokens === undefined ? undefined : limits.tokens - spent.inputTokens - spent.outputTokens;
    }),
  );
}

/** The least of the numbers that are there. */
export function least(numbers: readonly (number | undefined)[]): number | undefined {
  const there = numbers.filter((number) => number !== undefined);
  return there.length === 0 ? undefined : Math.min(...there);
}

/** What one more turn or call adds. */
export function amount(part: Partial<Spent>): Spent {
  return { ...NOTHING_SPENT, ...part };
}
