import type { AgentStep } from '../../language/model/playbook.js';
import { newCall } from '../decide/call.js';
import type { ProposedCall, ToolResult } from '../models/port.js';
import type { Actor, Json } from '../protocol/trace.js';
import { plainJson, wellFormed } from '../trace/canonical.js';
import { isJsonObject } from '../trace/json-object.js';
import { type Attempted, attempt } from './attempt.js';
import { pathOf, type RunContext } from './context.js';
import type { Stopped } from './ending.js';

/** Calls made so far in a step, by tool. */
export type CallCounts = Map<string, number>;

/** More calls than this in one turn are not looked at. */
const MAX_CALLS_PER_TURN = 32;

/** Takes the calls of one turn one after the other. What is denied or fails comes back to the model as an error. */
export async function runProposedCalls(
  context: RunContext,
  step: AgentStep,
  calls: readonly ProposedCall[],
  counts: CallCounts,
  agent: Actor,
): Promise<readonly ToolResult[] | Stopped> {
  const results: ToolResult[] = [];
  for (const [index, proposed] of calls.entries()) {
    const answer = (ok: boolean, content: Json): void => {
      results.push({ call: proposed.id, tool: proposed.tool, ok, content });
    };
    if (index >= MAX_CALLS_PER_TURN) {
      answer(false, {
        error: `At most ${MAX_CALLS_PER_TURN} calls are taken in one turn; this one was not looked at.`,
      });
      continue;
    }
    const attempted = await attemptProposed(context, step, proposed, counts, agent);
    switch (attempted.kind) {
      case 'done':
        answer(
          true,
          attempted.changed ? { changedByAPerson: attempted.changed, output: attempted.output } : attempted.output,
        );
        break;
      case 'failed':
        answer(false, { error: attempted.error });
        break;
      case 'denied':
        answer(false, { denied: attempted.rule, reason: attempted.error });
        break;
      case 'stopped':
        return attempted.left;
    }
  }
  return results;
}

async function attemptProposed(
  context: RunContext,
  step: AgentStep,
  proposed: ProposedCall,
  counts: CallCounts,
  agent: Actor,
): Promise<Attempted> {
  const name = wellFormed(proposed.tool);
  const tool = context.loaded.tools.get(name);
  const grant = step.tools.find((candidate) => candidate.tool.value === name);
  const value = plainJson(proposed.arguments);
  const wellMade = isJsonObject(value);
  const made = counts.get(name) ?? 0;
  const attempted = await attempt(context, {
    step,
    call: newCall(context.nextCallId(), name, tool, wellMade ? value : {}, context.binding),
    tool,
    grants: step.tools.map((candidate) => candidate.tool.value),
    where: grant?.where,
    calls: made,
    maxCalls: grant?.maxCalls?.value ?? null,
    actor: agent,
    untrusted: [`chosen by the agent at "${pathOf(context, step)}"`],
    scopes: context.scopes,
    ...(wellMade ? {} : { malformed: 'they are not an object' }),
  });
  if (attempted.kind === 'done' || attempted.kind === 'failed') counts.set(name, made + 1);
  return attempted;
}
