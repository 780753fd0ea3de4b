import type { GateStep } from '../../language/model/playbook.js';
import { decide } from '../decide/decide.js';
import type { Json } from '../protocol/trace.js';
import { type AskedCall, askApproval } from './approval-round.js';
import { decideInput } from './attempt.js';
import { resolveCall } from './calls.js';
import { ENGINE, type RunContext } from './context.js';
import { CANCELLED, denied, type Left } from './ending.js';
import { evaluate, fillText } from './values.js';

/**
 * Asks people to approve the exact calls of the granted steps, as they stand now. A gate whose question, evidence or
 * calls cannot be made out, or that would show a call which is denied anyway, cannot be approved and asks nobody.
 */
export async function runGate(context: RunContext, gate: GateStep): Promise<Left> {
  const question = prepare(context, gate);
  if (!question.ok) {
    const id = gate.id.value;
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
      context.apply({ kind: 'approved', gate: gate.id.value, people: answered.people, approvals: answered.approvals });
      return { outcome: 'approved', output: undefined };
    case 'rejected':
    case 'timed-out':
      return { outcome: answered.outcome, error: answered.because, ends: 'denied' };
    case 'unsatisfied':
      return denied(answered.because);
    case 'cancelled':
      return CANCELLED;
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
  for (const grant of gate.grants) {
    const step = context.loaded.stepOf.get(grant.value);
    if (step?.kind !== 'action')
      return cannot(`"${grant.value}" is no action, so its exact call cannot be shown and approved.`);
    const resolved = resolveCall(context, step, context.nextCallId());
    if (!resolved.ok) return cannot(`The call of "${grant.value}" cannot be shown: ${resolved.reason}`);
    const { call, tool } = resolved;
    const preview = decide({
      ...decideInput(
        context,
        {
          step,
          call,
          tool,
          grants: [step.tool.value],
          where: step.where,
          calls: 0,
          maxCalls: null,
          scopes: [context.run],
        },
        { kind: 'can' },
      ),
      now: context.clock.now(),
    });
    if (preview.decision === 'deny') {
      return cannot(`"${grant.value}" would be denied even if it were approved (${preview.rule}): ${preview.reason}`);
    }
    calls.push({ step: grant.value, call, tool });
  }
  if (calls.length === 0) return cannot('It grants no call, so there is nothing to approve.');
  return { ok: true, ask: ask.text, evidence, calls };
}

function cannot(reason: string): Prepared {
  return { ok: false, reason };
}
