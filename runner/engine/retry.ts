import { type ActionStep, type AgentStep, delayBefore } from '../../language/model/playbook.js';
import { within } from '../deadline.js';
import { timeLeft } from './budget.js';
import { ENGINE, pathOf, type RunContext } from './context.js';
import type { Left, Unsuccessful } from './ending.js';

/** What came of one attempt, and whether another may follow: after a failure of the tool or the model, and nothing else. */
export interface AttemptEnd {
  readonly left: Left;
  readonly again: boolean;
}

/**
 * Runs a step up to `retry.attempts` times. Each attempt is decided on by itself, so an act that was approved once is
 * denied the second time: whether the first had its effect is not known. A denial ends it.
 */
export async function withRetry(
  context: RunContext,
  step: ActionStep | AgentStep,
  attempt: (number: number) => Promise<AttemptEnd>,
): Promise<Left> {
  const { retry } = step;
  const attempts = Math.max(1, retry?.attempts ?? 1);
  const before: string[] = [];
  for (let number = 1; ; number++) {
    const { left, again } = await attempt(number);
    if (!('error' in left)) return left;
    if (!again || number >= attempts || context.signal.aborted) return withHistory(left, before, number, attempts);
    before.push(left.error);
    const delayMs = retry ? delayBefore(retry, number + 1) : 0;
    await context.journal.write('retry', pathOf(context, step), ENGINE, {
      attempt: number + 1,
      of: attempts,
      delayMs,
      because: left.error,
    });
    if (delayMs > 0) await pause(context, delayMs);
  }
}

/** Waits between attempts, no longer than there is time; whoever goes on finds out that time is up. */
async function pause({ clock, signal, floor, scopes, state }: RunContext, ms: number): Promise<void> {
  const limit = timeLeft(state(), scopes, clock.monotonic());
  await within((ended) => clock.sleep(ms, ended), limit, clock, signal, floor);
}

function withHistory(left: Unsuccessful, before: readonly string[], number: number, of: number): Left {
  if (before.length === 0) return left;
  const earlier = before.map((error, index) => `Attempt ${index + 1}: ${error}`).join(' ');
  return { ...left, error: `${earlier} Attempt ${number} of ${of}: ${left.error}` };
}
