import type { ActionStep } from '../../language/model/playbook.js';
import { approvedCall } from './approved-call.js';
import { attempt } from './attempt.js';
import { resolveCall, untrustedInputs } from './calls.js';
import { ENGINE, pathOf, type RunContext } from './context.js';
import { cancelled, denied, failed, type Left, ok } from './ending.js';
import { renewApproval } from './renew.js';
import { type AttemptEnd, withRetry } from './retry.js';

/** Makes the one call of an action, again where the step says so and the tool failed. */
export async function runAction(context: RunContext, step: ActionStep): Promise<Left> {
  return withRetry(context, step, () => runOnce(context, step));
}

async function runOnce(context: RunContext, step: ActionStep): Promise<AttemptEnd> {
  const last = (left: Left): AttemptEnd => ({ left, again: false });
  if (context.signal.aborted) return last(cancelled(context.signal));
  const resolved = resolveCall(context, step, '');
  if (!resolved.ok) return last(failed(resolved.reason));
  const { tool } = resolved;
  const ended = await renewApproval(context, step, resolved);
  if (ended) return last(ended);
  const { call, changedBy } = approvedCall(context, step, resolved.call, tool);
  const { approvals, proposed } = context.state();
  const path = pathOf(context, step);
  // The very call people were shown keeps its id, so that a reader of the trace finds question and effect together.
  const shown = approvals.find((held) => held.step === path && held.digest === call.digest && !proposed.has(held.call));
  const attempted = await attempt(context, {
    step,
    call: { ...call, id: shown?.call ?? context.nextCallId() },
    tool,
    grants: [step.tool.value],
    where: step.where,
    calls: 0,
    maxCalls: null,
    actor: ENGINE,
    untrusted: [...untrustedInputs(context, step), ...changedBy.map((person) => `changed by ${person}`)],
    scopes: context.scopes,
  });
  switch (attempted.kind) {
    case 'done':
      return last(ok(attempted.output));
    case 'failed':
      return { left: failed(attempted.error), again: true };
    case 'denied':
      return last(denied(attempted.error));
    case 'stopped':
      return last(attempted.left);
  }
}
