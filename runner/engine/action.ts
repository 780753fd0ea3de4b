import type { ActionStep } from '../../language/model/playbook.js';
import { attempt } from './attempt.js';
import { resolveCall, untrustedInputs } from './calls.js';
import { ENGINE, type RunContext } from './context.js';
import { CANCELLED, denied, failed, type Left, ok } from './ending.js';

/** Makes the one call of an action. */
export async function runAction(context: RunContext, step: ActionStep): Promise<Left> {
  const resolved = resolveCall(context, step, '');
  if (!resolved.ok) return failed(resolved.reason);
  const { tool } = resolved;
  const { approvals, proposed } = context.state();
  // The very call people were shown keeps its id, so that a reader of the trace finds question and effect together.
  const shown = approvals.find(
    (held) => held.step === step.id.value && held.digest === resolved.call.digest && !proposed.has(held.call),
  );
  const attempted = await attempt(context, {
    step,
    call: { ...resolved.call, id: shown?.call ?? context.nextCallId() },
    tool,
    grants: [step.tool.value],
    where: step.where,
    calls: 0,
    maxCalls: null,
    actor: ENGINE,
    untrusted: untrustedInputs(context, step),
    scopes: [context.run],
  });
  switch (attempted.kind) {
    case 'done':
      return ok(attempted.output);
    case 'failed':
      return failed(attempted.error);
    case 'denied':
      return denied(attempted.error);
    case 'cancelled':
      return CANCELLED;
  }
}
