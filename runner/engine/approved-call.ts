import type { Tool } from '../../language/model/catalog.js';
import type { ActionStep } from '../../language/model/playbook.js';
import type { HeldApproval } from '../decide/approval.js';
import { newCall } from '../decide/call.js';
import type { Call } from '../protocol/trace.js';
import { pathOf, type RunContext } from './context.js';

/**
 * The call that a granted step makes: where people changed the call it would make now, and that was approved and may still be
 * used, what they made of it; else its own. The gate that approved it last says so. A step whose own call has become another
 * since it was shown keeps that one, which nobody approved.
 */
export function approvedCall(
  context: RunContext,
  step: ActionStep,
  own: Call,
  tool: Tool | undefined,
): { readonly call: Call; readonly changedBy: readonly string[] } {
  const path = pathOf(context, step);
  const now = context.clock.now();
  const usable = context
    .state()
    .approvals.filter(
      (held) =>
        held.step === path &&
        (held.changed?.from ?? held.digest) === own.digest &&
        held.usesLeft >= 1 &&
        (held.expires === null || now < held.expires),
    );
  const last: HeldApproval | undefined = usable.at(-1);
  const approval = usable.find((held) => held.gate === last?.gate);
  if (!approval?.changed) return { call: own, changedBy: [] };
  const { arguments: args, by } = approval.changed;
  return { call: newCall(own.id, own.tool, tool, args, context.binding), changedBy: by };
}
