import { lowest } from '../../language/model/levels.js';
import type { AgentStep } from '../../language/model/playbook.js';
import type { Message, ModelResponse, ToolOffer } from '../models/port.js';
import { plainJson, wellFormed } from '../trace/canonical.js';
import { type CallCounts, runProposedCalls } from './agent-calls.js';
import { agentPrompt } from './agent-prompt.js';
import { takeTurn, whoAnswers } from './agent-turn.js';
import { type BudgetScope, exceeded, NO_LIMITS, usageOf, withLeastLimits } from './budget.js';
import { ENGINE, pathOf, type RunContext } from './context.js';
import { cancelled, denied, failed, type Left, ok, refused } from './ending.js';
import { withRetry } from './retry.js';
import { drawForReview } from './review.js';
import { NOTHING_SPENT } from './state.js';

/**
 * Runs the loop of an agent: the model proposes, the engine decides, until there is an answer that fits or a limit. Its
 * budget is for all attempts together, its `timeout` for each.
 */
export async function runAgent(context: RunContext, step: AgentStep): Promise<Left> {
  const { clock, loaded } = context;
  const declared = step.autonomy?.value ?? loaded.playbook.defaults.autonomy?.value ?? 'approve';
  const limits = [loaded.playbook.autonomy?.value ?? 'autonomous', ...(loaded.limits ?? []).map(({ level }) => level)];
  if (limits.reduce(lowest, declared) === 'manual') {
    return denied('At level "manual" a person does the step and no agent takes part.');
  }
  const path = pathOf(context, step);
  const own: BudgetScope = {
    key: context.nextKey(),
    step: path,
    limits: withLeastLimits(step.budget),
    startedAt: clock.monotonic(),
    standsStill: true,
  };
  const scopes = [own, ...context.scopes];
  const counts: CallCounts = new Map();
  let exhausted: string | null = null;
  const left = await withRetry(context, step, async () => {
    const limits = { ...NO_LIMITS, time: step.timeout?.value };
    const startedAt = clock.monotonic();
    const attempt: BudgetScope = { key: context.nextKey(), step: path, limits, startedAt, standsStill: true };
    const ended = await converse(context, step, [attempt, ...scopes], counts);
    exhausted = ended.over;
    context.apply({ kind: 'scopes-ended', scopes: [attempt.key] });
    const over = exceeded(context.state(), scopes, 'turn', clock.monotonic());
    return { left: ended.left, again: ended.again && over === null };
  });
  if (left.outcome === 'ok') await drawForReview(context, step, undefined);
  const spent = context.state().spent.get(own.key) ?? NOTHING_SPENT;
  context.apply({ kind: 'scopes-ended', scopes: [own.key] });
  const elapsedMs = clock.monotonic() - own.startedAt;
  await context.journal.write('budget', path, ENGINE, {
    scope: path,
    ...usageOf(spent),
    toolCalls: spent.toolCalls,
    elapsedMs,
    exceeded: exhausted,
  });
  return left;
}

interface Conversed {
  readonly left: Left;
  /** The limit that ended it. */
  readonly over: string | null;
  /** Whether the whole conversation may be tried once more. */
  readonly again: boolean;
}

const ended = (left: Left, again = left.outcome === 'failed'): Conversed => ({ left, over: null, again });
const overrun = (over: string, again = true): Conversed => ({
  left: failed(`The budget is used up: ${over}.`),
  over,
  again,
});

async function converse(
  context: RunContext,
  step: AgentStep,
  scopes: readonly BudgetScope[],
  counts: CallCounts,
): Promise<Conversed> {
  const { clock } = context;
  const id = pathOf(context, step);
  const { system, examples, data } = agentPrompt(context, step);
  const who = whoAnswers(context, step);
  const conversation = { step, system, offers: offersOf(context, step), scopes, ...who };
  const messages: Message[] = [{ role: 'user', ...(examples === undefined ? {} : { examples }), text: data }];
  // What people are asked about a call stops the step's clock, too.
  const within = { ...context, scopes };
  let sent = 0;
  let repaired = false;

  for (let turn = 1; ; turn++) {
    if (context.signal.aborted) return ended(cancelled(context.signal));
    const taken = await takeTurn(context, conversation, turn, messages, messages.slice(sent));
    sent = messages.length;
    if (taken.kind === 'cancelled' || context.signal.aborted) return ended(cancelled(context.signal));
    if (taken.kind === 'timed-out') return overrun(`the time of "${id}" or of the run, before the model answered`);
    if (taken.kind === 'over') return overrun(taken.over);
    const { response } = taken;
    if (response.kind === 'failed') return unanswered(response);
    const spent = exceeded(context.state(), scopes, 'nothing', clock.monotonic());
    if (spent !== null) return overrun(spent);

    const said = { role: 'assistant', text: response.text, calls: response.calls, raw: response.raw } as const;
    if (response.stopReason === 'refusal')
      return ended(refused(`The model refused: ${wellFormed(response.text) || 'it gave no reason'}`));
    if (response.stopReason === 'pause' && response.calls.length === 0) {
      messages.push(said);
      continue;
    }
    if (response.calls.length > 0) {
      const results = await runProposedCalls(within, step, response.calls, counts, who.agent);
      if ('outcome' in results) return ended(results);
      messages.push(said, { role: 'tool', results });
      continue;
    }
    if (step.output === undefined) return ended(ok(wellFormed(response.text)));
    const output = response.output === undefined ? undefined : plainJson(response.output);
    const problem = output === undefined ? missing(response.stopReason) : context.schemas.problem(step.output, output);
    if (problem === null) return ended(ok(output));
    if (repaired) return ended(failed(`The agent gave no usable answer: ${problem}.`));
    repaired = true;
    messages.push(said, {
      role: 'user',
      text: `Your answer cannot be used: ${problem}. Answer once more, so that it fits the schema.`,
    });
  }
}

/** A model without an answer. The same conversation would meet the same end, unless the service was only busy. */
function unanswered({ reason, cause = 'unavailable' }: Extract<ModelResponse, { kind: 'failed' }>): Conversed {
  if (cause === 'over-budget') return overrun(reason.replace(/\.$/, ''), false);
  return ended(failed(reason), cause === 'unavailable');
}

function missing(stopReason: string): string {
  return stopReason === 'max-tokens' ? 'it was cut off before the answer' : 'no answer was handed in';
}

/** The granted tools, by exact name. What a grant names and no catalog has is not offered. */
function offersOf({ loaded }: RunContext, step: AgentStep): readonly ToolOffer[] {
  const offers = new Map<string, ToolOffer>();
  for (const grant of step.tools) {
    const name = grant.tool.value;
    const tool = loaded.tools.get(name);
    if (!tool || offers.has(name)) continue;
    const { description, input, effect } = tool;
    offers.set(name, { name, description, input, ...(effect === undefined ? {} : { effect }) });
  }
  return [...offers.values()];
}
