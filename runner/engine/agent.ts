import { lowest } from '../../language/model/levels.js';
import type { AgentStep } from '../../language/model/playbook.js';
import { within } from '../deadline.js';
import type { Message, ModelRequest, ModelResponse, ToolOffer } from '../models/port.js';
import type { Actor } from '../protocol/trace.js';
import { plainJson, wellFormed } from '../trace/canonical.js';
import { type CallCounts, runProposedCalls } from './agent-calls.js';
import { agentPrompt } from './agent-prompt.js';
import { amount, type BudgetScope, exceeded, NO_LIMITS, timeLeft, tokensLeft, withLeastLimits } from './budget.js';
import { ENGINE, pathOf, type RunContext } from './context.js';
import { cancelled, denied, failed, type Left, ok } from './ending.js';
import { withRetry } from './retry.js';
import { NOTHING_SPENT } from './state.js';

const MAX_ANSWER_TOKENS = 8192;

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
  };
  const scopes = [own, ...context.scopes];
  const counts: CallCounts = new Map();
  let exhausted: string | null = null;
  const left = await withRetry(context, step, async () => {
    const limits = { ...NO_LIMITS, time: step.timeout?.value };
    const attempt: BudgetScope = { key: context.nextKey(), step: path, limits, startedAt: clock.monotonic() };
    const ended = await converse(context, step, [attempt, ...scopes], counts);
    exhausted = ended.over;
    context.apply({ kind: 'scopes-ended', scopes: [attempt.key] });
    const over = exceeded(context.state(), scopes, 'turn', clock.monotonic());
    return { left: ended.left, again: ended.left.outcome === 'failed' && over === null };
  });
  const { toolCalls, ...usage } = context.state().spent.get(own.key) ?? NOTHING_SPENT;
  context.apply({ kind: 'scopes-ended', scopes: [own.key] });
  const elapsedMs = clock.monotonic() - own.startedAt;
  await context.journal.write('budget', path, ENGINE, {
    scope: path,
    ...usage,
    toolCalls,
    elapsedMs,
    exceeded: exhausted,
  });
  return left;
}

interface Conversation {
  readonly left: Left;
  /** The limit that ended it. */
  readonly over: string | null;
}

const ended = (left: Left): Conversation => ({ left, over: null });
const overrun = (over: string): Conversation => ({ left: failed(`The budget is used up: ${over}.`), over });

async function converse(
  context: RunContext,
  step: AgentStep,
  scopes: readonly BudgetScope[],
  counts: CallCounts,
): Promise<Conversation> {
  const { model, clock, journal } = context;
  const id = pathOf(context, step);
  const spend = (part: Parameters<typeof amount>[0]): void =>
    context.apply({ kind: 'spent', scopes: scopes.map((scope) => scope.key), amount: amount(part) });
  const agent: Actor = { kind: 'agent', id: model.id };
  const { system, data } = agentPrompt(context, step);
  const offers = offersOf(context, step);
  const messages: Message[] = [{ role: 'user', text: data }];
  let sent = 0;
  let repaired = false;

  for (let turn = 1; ; turn++) {
    if (context.signal.aborted) return ended(cancelled(context.signal));
    const over = exceeded(context.state(), scopes, 'turn', clock.monotonic());
    if (over !== null) return overrun(over);
    // Spent when it is asked for: the agents of other branches must not ask for the same turn.
    spend({ turns: 1 });
    await journal.write('model.request', id, ENGINE, {
      turn,
      model: model.id,
      messages: messages.length,
      tools: offers.map((offer) => offer.name),
      system: turn === 1 ? system : null,
      input: messages.slice(sent).flatMap((message) => (message.role === 'assistant' ? [] : [plainJson(message)])),
    });
    sent = messages.length;
    const request: ModelRequest = {
      run: context.binding.run,
      step: id,
      turn,
      system,
      messages: [...messages],
      tools: offers,
      output: step.output ?? null,
      entities: context.entities,
      maxTokens: Math.max(1, Math.min(MAX_ANSWER_TOKENS, tokensLeft(context.state(), scopes) ?? MAX_ANSWER_TOKENS)),
    };
    const limit = timeLeft(scopes, clock.monotonic());
    const waited = await within(
      (signal) => model.complete(request, signal),
      limit,
      clock,
      context.signal,
      context.floor,
    );
    if (waited.kind === 'cancelled') return ended(cancelled(context.signal));
    if (waited.kind === 'timed-out') return overrun(`the time of "${id}" or of the run, before the model answered`);
    const response = waited.value;
    spend(usageOf(response));
    await journal.write('model.response', id, agent, responseData(turn, response));
    if (context.signal.aborted) return ended(cancelled(context.signal));
    if (response.kind === 'failed') return ended(failed(response.reason));
    const spent = exceeded(context.state(), scopes, 'nothing', clock.monotonic());
    if (spent !== null) return overrun(spent);

    const said = { role: 'assistant', text: response.text, calls: response.calls, raw: response.raw } as const;
    if (response.stopReason === 'refusal')
      return ended(failed(`The model refused: ${wellFormed(response.text) || 'it gave no reason'}`));
    if (response.stopReason === 'pause' && response.calls.length === 0) {
      messages.push(said);
      continue;
    }
    if (response.calls.length > 0) {
      const results = await runProposedCalls(context, step, response.calls, counts, agent, scopes);
      if (results === 'cancelled') return ended(cancelled(context.signal));
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

function usageOf({ usage }: ModelResponse) {
  const number = (value: number): number => (Number.isFinite(value) && value > 0 ? value : 0);
  return {
    inputTokens: number(usage.inputTokens),
    outputTokens: number(usage.outputTokens),
    usd: number(usage.usd),
  };
}

function responseData(turn: number, response: ModelResponse) {
  const usage = { turns: 1, ...usageOf(response) };
  if (response.kind === 'failed')
    return { turn, stopReason: 'failed', text: response.reason, calls: [], output: null, usage };
  return {
    turn,
    stopReason: response.stopReason,
    text: response.text,
    calls: response.calls.map(({ id, tool, arguments: args }) => ({ id, tool, arguments: plainJson(args) })),
    output: response.output === undefined ? null : plainJson(response.output),
    usage,
  };
}
