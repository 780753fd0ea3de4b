import type { ActionStep, GateStep } from '../../language/model/playbook.js';
import type { Call, Json } from '../protocol/trace.js';
import { type AskedCall, askApproval } from './approval-round.js';
import { denialOf } from './attempt.js';
import { resolveCall } from './calls.js';
import { ENGINE, pathOf, type RunContext } from './context.js';
import { cancelled, denied, endedByPerson, type Left } from './ending.js';
import { unroll } from './unroll.js';
import { evaluate, fillText } from './values.js';

/** More calls than this at one gate nobody reads. */
const MAX_CALLS = 200;

/**
 * Asks people to approve the exact calls of the granted steps, as they stand now. A gate whose question, evidence or
 * calls cannot be made out, or that would show a call which is denied anyway, cannot be approved and asks nobody. A step
 * in a loop that is not around the gate is asked about once for each time it will run. Whatever was approved here before is
 * void.
 */
export async function runGate(context: RunContext, gate: GateStep): Promise<Left> {
  const id = pathOf(context, gate);
  context.apply({ kind: 'asked', gate: id });
  const question = prepare(context, gate);
  if (!question.ok) {
    await context.journal.write('gate.closed', id, ENGINE, {
      gate: id,
      outcome: 'unsatisfied',
      approvedBy: [],
      because: question.reason,
    });
    return denied(question.reason);
  }
  const { ask, evidence, calls } = question;
  const answered = await askApproval(context, { step: gate, approval: gate.approval, ask, evidence, calls });
  switch (answered.outcome) {
    case 'approved':
      context.apply({ kind: 'approved', gate: id, people: answered.people, approvals: answered.approvals });
      return { outcome: 'approved', output: undefined };
    case 'rejected':
    case 'timed-out':
      return { outcome: answered.outcome, error: answered.because, ends: 'denied' };
    case 'unsatisfied':
      return denied(answered.because);
    case 'cancelled':
      return cancelled(context.signal);
    case 'ended':
      return endedByPerson(answered.because);
  }
}

type Prepared =
  | {
      readonly ok: true;
      readonly ask: string;
      readonly evidence: readonly { readonly expression: string; readonly value: Json }[];
      readonly calls: readonly AskedCall[];
    }
  | { readonly ok: false; readonly reason: string };

function prepare(context: RunContext, gate: GateStep): Prepared {
  const ask = fillText(context, gate.ask);
  if (!ask.ok) return cannot(`What to ask cannot be made out: ${ask.reason}`);
  const evidence: { expression: string; value: Json }[] = [];
  for (const expression of gate.evidence) {
    const text = expression.parsed.text.trim();
    const result = evaluate(context, expression);
    if (!result.ok) return cannot(`The evidence "${text}" is not there: ${result.reason}`);
    evidence.push({ expression: text, value: result.value });
  }
  const calls: AskedCall[] = [];
  // A step named twice is granted once.
  for (const id of new Set(gate.grants.map((grant) => grant.value))) {
    const step = context.loaded.stepOf.get(id);
    if (step?.kind !== 'action') return cannot(`"${id}" is no action, so its exact call cannot be shown and approved.`);
    const unrolled = unroll(context, gate, step, MAX_CALLS - calls.length);
    if (!unrolled.ok) return cannot(`The calls of "${id}" cannot be shown: ${unrolled.reason}`);
    for (const items of unrolled.rounds) {
      const asked = callToAsk({ ...context, items }, step);
      if (!asked.ok) return asked;
      calls.push(asked.asked);
    }
  }
  if (calls.length > MAX_CALLS) return cannot(`It grants more than ${MAX_CALLS} calls, which nobody can look through.`);
  if (calls.length === 0)
    return cannot('It grants no call, so there is nothing to approve. Give it a "when" that holds only when there is.');
  return { ok: true, ask: ask.text, evidence, calls };
}

/** The call a granted step would make with what exists now, unless it would be denied whoever approved it. */
function callToAsk(
  context: RunContext,
  step: ActionStep,
): { readonly ok: true; readonly asked: AskedCall } | { readonly ok: false; readonly reason: string } {
  const id = step.id.value;
  const resolved = resolveCall(context, step, context.nextCallId());
  if (!resolved.ok) return cannot(`The call of "${id}" cannot be shown: ${resolved.reason}`);
  const { call, tool } = resolved;
  const { scopes } = context;
  const proposal = { step, tool, grants: [step.tool.value], where: step.where, calls: 0, maxCalls: null, scopes };
  const recheck = (one: Call): string | undefined => denialOf(context, { ...proposal, call: one });
  const denial = recheck(call);
  if (denial !== undefined) return cannot(denial);
  return { ok: true, asked: { step: pathOf(context, step), call, tool, original: call.digest, recheck } };
}

function cannot(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
