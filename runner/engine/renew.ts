import type { ActionStep } from '../../language/model/playbook.js';
import { newCall } from '../decide/call.js';
import { askApproval } from './approval-round.js';
import { denialOf } from './attempt.js';
import type { ResolvedCall } from './calls.js';
import { pathOf, type RunContext } from './context.js';
import { cancelled, endedByPerson, type Stopped } from './ending.js';
import { titleOf } from './people.js';

/** A time in which a run was cut off, in milliseconds since the epoch. */
export interface Break {
  readonly from: number;
  readonly to: number;
}

/**
 * Asks again for an approval that a granted step holds and that expired while the run was cut off: nobody could use it
 * meanwhile. It is about this step's exact call, and for no more uses than were left. One that expires while the run goes on
 * has expired.
 * @returns how the run ends, when a person ends it here; else the step goes on with what it holds now
 */
export async function renewApproval(
  context: RunContext,
  step: ActionStep,
  resolved: Extract<ResolvedCall, { readonly ok: true }>,
): Promise<Stopped | undefined> {
  const { loaded, prefix, breaks, state, apply, clock } = context;
  const past = breaks();
  if (past.length === 0) return undefined;
  const { call: own, tool } = resolved;
  const path = pathOf(context, step);
  const lapsed = state().approvals.filter(
    ({ expires, usesLeft }) =>
      expires !== null &&
      usesLeft >= 1 &&
      !(clock.now() < expires) &&
      past.some(({ from, to }) => from < expires && expires <= to),
  );
  const held = lapsed.find((one) => one.step === path && (one.changed?.from ?? one.digest) === own.digest);
  const gate = held && loaded.stepOf.get(held.gate.slice(prefix.length));
  if (!held || gate?.kind !== 'gate') return undefined;

  const id = state().proposed.has(held.call) ? context.nextCallId() : held.call;
  const call = newCall(id, own.tool, tool, held.changed?.arguments ?? own.arguments, context.binding);
  const { scopes } = context;
  const proposal = { step, tool, grants: [step.tool.value], where: step.where, calls: 0, maxCalls: null, scopes };
  const answered = await askApproval(context, {
    step: gate,
    approval: gate.approval,
    ask: `What was approved at "${titleOf(gate)}" expired while the run was cut off. Run ${call.tool}${call.target === null ? '' : ` on ${call.target}`} now?`,
    evidence: [],
    calls: [
      {
        step: path,
        call,
        tool,
        original: own.digest,
        recheck: (one) => denialOf(context, { ...proposal, call: one }),
      },
    ],
  });
  if (answered.outcome === 'cancelled') return cancelled(context.signal);
  if (answered.outcome === 'ended') return endedByPerson(answered.because);
  // Asking voids what the gate gave before; what it gave for other calls is asked about when they come.
  const others = lapsed.filter((one) => one.gate === held.gate && one !== held);
  const approved = answered.outcome === 'approved' ? answered : undefined;
  const renewed = (approved?.approvals ?? []).map((one) => ({
    ...one,
    usesLeft: Math.min(one.usesLeft, held.usesLeft),
  }));
  apply({
    kind: 'approved',
    gate: held.gate,
    people: approved?.people ?? state().approvedBy.get(held.gate) ?? [],
    approvals: [...renewed, ...others],
  });
  return undefined;
}
