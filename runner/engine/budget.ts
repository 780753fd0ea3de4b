import type { Budget } from '../../language/model/playbook.js';
import type { Limits, Usage } from '../protocol/trace.js';
import { NOTHING_SPENT, pausedFor, type RunState, type Spent } from './state.js';

/** A thing that has limits: the run, a called playbook, or a step while it runs once. */
export interface BudgetScope {
  /** Under which what it spent is kept; of nothing else in the run. */
  readonly key: string;
  /** The step's path; `null` for the run. */
  readonly step: string | null;
  readonly limits: Pick<Budget, 'turns' | 'tokens' | 'usd' | 'time' | 'toolCalls'> | undefined;
  /** On the clock that never goes back, milliseconds. */
  readonly startedAt: number;
  /** Whether its time stands still while people are waited for: that of a step does, that of a playbook does not. */
  readonly standsStill: boolean;
}

/** Limits that hold where a playbook states none: no run goes on for ever. */
const LEAST_LIMITS = { turns: 50, toolCalls: 500 } as const;

/** What a scope without a limit has. */
export const NO_LIMITS: NonNullable<BudgetScope['limits']> = {
  turns: undefined,
  tokens: undefined,
  usd: undefined,
  time: undefined,
  toolCalls: undefined,
};

/** The limits of a run or an agent, with those that hold where none are stated. */
export function withLeastLimits(limits: BudgetScope['limits']): NonNullable<BudgetScope['limits']> {
  return {
    ...(limits ?? NO_LIMITS),
    turns: limits?.turns ?? LEAST_LIMITS.turns,
    toolCalls: limits?.toolCalls ?? LEAST_LIMITS.toolCalls,
  };
}

/**
 * Names the first limit that `next` would break, for people; `null` when it may go on. Tokens and dollars are known only
 * after a turn. It was told what it may use; where its model used more all the same, nothing of the turn is carried out.
 */
export function exceeded(
  state: RunState,
  scopes: readonly BudgetScope[],
  next: 'turn' | 'tool-call' | 'nothing',
  now: number,
): string | null {
  for (const scope of scopes) {
    const { key, step, limits } = scope;
    const spent = state.spent.get(key) ?? NOTHING_SPENT;
    const of = step === null ? 'of the run' : `of "${step}"`;
    const { turns, toolCalls } = limits ?? {};
    const tokens = spent.inputTokens + spent.outputTokens;
    const over = (used: number, limit: number, wanted: boolean): boolean => used > limit || (wanted && !(used < limit));
    if (limits?.time !== undefined && !(elapsed(state, scope, now) < limits.time))
      return `the time ${of} (${limits.time} ms)`;
    if (turns !== undefined && over(spent.turns, turns, next === 'turn')) return `the turns ${of} (${turns})`;
    if (toolCalls !== undefined && over(spent.toolCalls, toolCalls, next === 'tool-call')) {
      return `the tool calls ${of} (${toolCalls})`;
    }
    if (limits?.tokens !== undefined && over(tokens, limits.tokens, next === 'turn')) {
      return `the tokens ${of} (${limits.tokens})`;
    }
    if (limits?.usd !== undefined && over(spent.usd, limits.usd, next === 'turn')) {
      return `the money ${of} (${limits.usd} US dollars)`;
    }
  }
  return null;
}

/** Milliseconds of a scope's time that are over. */
function elapsed(state: RunState, { key, startedAt, standsStill }: BudgetScope, now: number): number {
  return now - startedAt - (standsStill ? pausedFor(state, key, now) : 0);
}

/** Milliseconds until the first of the scopes' time limits, `undefined` when none has one. */
export function timeLeft(state: RunState, scopes: readonly BudgetScope[], now: number): number | undefined {
  return least(
    scopes.map((scope) =>
      scope.limits?.time === undefined ? undefined : Math.max(0, scope.limits.time - elapsed(state, scope, now)),
    ),
  );
}

/** As `timeLeft`, for what people are waited for: the time of steps stands still then. */
export function timeLeftForPeople(state: RunState, scopes: readonly BudgetScope[], now: number): number | undefined {
  return timeLeft(
    state,
    scopes.filter((scope) => !scope.standsStill),
    now,
  );
}

/** What was used as the trace says it: the tokens of a cache only where there were any. */
export function usageOf({ turns, inputTokens, outputTokens, usd, cacheReadTokens, cacheWriteTokens }: Spent): Usage {
  return {
    turns,
    inputTokens,
    outputTokens,
    usd,
    ...(cacheReadTokens > 0 ? { cacheReadTokens } : {}),
    ...(cacheWriteTokens > 0 ? { cacheWriteTokens } : {}),
  };
}

/** Limits as the trace tells them. */
export function limitsForTrace(limits: BudgetScope['limits']): Limits {
  const { turns, toolCalls, tokens, usd, time } = limits ?? NO_LIMITS;
  return {
    ...(turns === undefined ? {} : { turns }),
    ...(toolCalls === undefined ? {} : { toolCalls }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(usd === undefined ? {} : { usd }),
    ...(time === undefined ? {} : { timeMs: time }),
  };
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
