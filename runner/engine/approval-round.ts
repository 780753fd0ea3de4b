import { approvalRequirement, eligibleApprovers } from '../../language/authority/approval-requirement.js';
import type { Tool } from '../../language/model/catalog.js';
import type { Approval, Step } from '../../language/model/playbook.js';
import { stopReason, within } from '../deadline.js';
import type { HeldApproval } from '../decide/approval.js';
import { taggedTarget } from '../decide/call.js';
import type { ApprovalAnswer, ApprovalRequest } from '../protocol/messages.js';
import type { Actor, Call, Json } from '../protocol/trace.js';
import { wellFormed } from '../trace/canonical.js';
import { least, timeLeft } from './budget.js';
import { ENGINE, pathOf, type RunContext } from './context.js';
import { titleOf } from './people.js';
import { visible } from './visible.js';

/** What people are asked: to approve exactly these calls. */
export interface Question {
  /** The gate, or the step with the inline approval. */
  readonly step: Step;
  readonly approval: Approval;
  readonly ask: string;
  readonly evidence: readonly { readonly expression: string; readonly value: Json }[];
  readonly calls: readonly AskedCall[];
}

export interface AskedCall {
  /** The step the call belongs to, by path. */
  readonly step: string;
  readonly call: Call;
  readonly tool: Tool | undefined;
}

export type Answered =
  | { readonly outcome: 'approved'; readonly people: readonly string[]; readonly approvals: readonly HeldApproval[] }
  | { readonly outcome: 'rejected' | 'timed-out' | 'unsatisfied' | 'cancelled'; readonly because: string };

/** Answers that do not count, after which asking ends: an approver that repeats itself must not keep a run busy. */
const MAX_VOID_ANSWERS = 20;

/**
 * Asks people until enough of them approved, one rejected, or the time is up. Silence, an approver that cannot be reached
 * and answers that do not count never approve. Writes what was shown and each answer; an approval in the result is on disk.
 * Whatever was approved here before is void from now on.
 */
export async function askApproval(context: RunContext, question: Question): Promise<Answered> {
  const { journal, clock } = context;
  const { step, approval, calls } = question;
  const terms = termsOf(context, question);
  const ask = visible(wellFormed(question.ask));
  const exact = calls.map(({ call }) => call);
  const gate = pathOf(context, step);
  context.apply({ kind: 'asked', gate });
  const remaining = least([approval.timeout?.value, timeLeft(context.scopes, clock.monotonic())]);
  const end = remaining === undefined ? undefined : clock.monotonic() + remaining;
  const deadline = remaining === undefined ? null : new Date(clock.now() + remaining).toISOString();
  await journal.write('gate.opened', gate, ENGINE, {
    gate,
    ask,
    evidence: question.evidence,
    calls: exact,
    roles: terms.roles,
    approvers: terms.eligible,
    quorum: terms.quorum,
    timeoutMs: remaining ?? null,
  });

  const approvedBy: string[] = [];
  let expires: number | null = null;
  const close = async (answered: Answered): Promise<Answered> => {
    const because = answered.outcome === 'approved' ? `${answered.people.join(', ')} approved.` : answered.because;
    const outcome = answered.outcome === 'cancelled' ? 'withdrawn' : answered.outcome;
    await journal.write('gate.closed', gate, ENGINE, { gate, outcome, approvedBy, because });
    return answered;
  };

  if (terms.eligible.length < terms.quorum) {
    const who = terms.eligible.length === 0 ? 'nobody' : `only ${terms.eligible.join(', ')}`;
    const because = `It takes ${count(terms.quorum)} to approve, and ${who} may, so nobody was asked.`;
    return close({ outcome: 'unsatisfied', because });
  }
  for (let voids = 0; voids < MAX_VOID_ANSWERS; ) {
    const request: ApprovalRequest = {
      run: context.binding.run,
      gate,
      title: titleOf(step),
      ask,
      evidence: question.evidence,
      calls: exact,
      roles: terms.roles,
      approvers: terms.eligible.filter((person) => !approvedBy.includes(person)),
      quorum: terms.quorum,
      approvedBy: [...approvedBy],
      deadline,
      irreversible: calls.some(({ tool }) => tool?.reversible !== true),
    };
    const limit = end === undefined ? undefined : end - clock.monotonic();
    const waited = await within(
      (signal) => reach(context, request, signal),
      limit,
      clock,
      context.signal,
      context.floor,
    );
    if (waited.kind === 'cancelled' || context.signal.aborted) {
      return close({ outcome: 'cancelled', because: `${stopReason(context.signal)}.` });
    }
    const answer = waited.kind === 'done' ? waited.value : undefined;
    if (answer === undefined) return close({ outcome: 'timed-out', because: silence(approvedBy, terms.quorum) });
    const by: Actor = { kind: 'human', id: wellFormed(answer.as), how: context.approver.how };
    const problem = problemWith(answer, terms, approvedBy);
    if (problem !== undefined) {
      voids += 1;
      for (const call of exact) {
        await journal.write('authorized', gate, by, {
          call: call.id,
          tool: call.tool,
          decision: 'deny',
          rule: 'approver-not-authorized',
          reason: problem,
          place: null,
        });
      }
      continue;
    }
    await journal.write('decided', gate, by, {
      gate,
      decision: answer.decision,
      reason: wellFormed(answer.reason),
      calls: exact.map((call) => call.id),
    });
    if (answer.decision === 'reject') {
      return close({
        outcome: 'rejected',
        because: `${answer.as} rejected it: ${wellFormed(answer.reason) || 'no reason given'}.`,
      });
    }
    approvedBy.push(answer.as);
    const until = approval.expires === undefined ? null : clock.now() + approval.expires.value;
    expires = expires === null ? until : expires;
    if (approvedBy.length >= terms.quorum) {
      const approvals = calls.map((asked) => held(asked, gate, terms, approvedBy, approval, expires));
      return close({ outcome: 'approved', people: [...approvedBy], approvals });
    }
  }
  return close({ outcome: 'unsatisfied', because: `${MAX_VOID_ANSWERS} answers did not count, so asking ended.` });
}

interface Terms {
  readonly roles: readonly string[];
  /** Who may approve, sorted. */
  readonly eligible: readonly string[];
  readonly excluded: readonly string[];
  readonly quorum: number;
}

/** Who may answer, and how many must: the strictest of the playbook's and of what policy asks for each call. */
function termsOf({ loaded, user, model, state, prefix }: RunContext, { approval, calls }: Question): Terms {
  const requirements = calls.map(({ tool, call }) =>
    approvalRequirement(tool, loaded.policy, taggedTarget(tool, call.arguments)),
  );
  const roleSets = requirements.flatMap((requirement) => requirement.roleSets);
  const before = approval.distinctFrom.flatMap((gate) => state().approvedBy.get(prefix + gate.value) ?? []);
  // The requester and the agent never approve.
  const excluded = [...new Set([user, model.id, ...before])];
  return {
    roles: approval.roles.map((role) => role.value),
    eligible: eligibleApprovers(approval, { roleSets }, loaded.policy).filter((person) => !excluded.includes(person)),
    excluded,
    quorum: Math.max(1, approval.quorum?.value ?? 1, ...requirements.map((requirement) => requirement.quorum)),
  };
}

/** Asks the approver; one that cannot be reached is silent. */
async function reach(
  { approver }: RunContext,
  request: ApprovalRequest,
  signal: AbortSignal,
): Promise<ApprovalAnswer | undefined> {
  try {
    return await approver.approve(request, signal);
  } catch {
    return undefined;
  }
}

/** Why an answer does not count; `undefined` when it does. */
function problemWith(answer: ApprovalAnswer, terms: Terms, approvedBy: readonly string[]): string | undefined {
  const who = answer.as === '' ? 'Somebody without a name' : wellFormed(answer.as);
  if (!terms.eligible.includes(answer.as)) {
    return terms.excluded.includes(answer.as)
      ? `${who} may not answer here: whoever asked for the run, the agent, and the approvers of gates it must be distinct from cannot.`
      : `${who} holds no role that may answer here, so the answer does not count.`;
  }
  if (answer.decision === 'reject') return undefined;
  if (answer.decision !== 'approve') return `${who} neither approved nor rejected, so the answer does not count.`;
  return approvedBy.includes(answer.as) ? `${who} approved already; each person counts once.` : undefined;
}

function held(
  { step, call }: AskedCall,
  gate: string,
  terms: Terms,
  approvers: readonly string[],
  approval: Approval,
  expires: number | null,
): HeldApproval {
  return {
    gate,
    step,
    call: call.id,
    digest: call.digest,
    approvers: [...approvers],
    roles: terms.roles,
    excluded: terms.excluded,
    quorum: terms.quorum,
    expires,
    usesLeft: approval.uses?.value ?? 1,
  };
}

function silence(approvedBy: readonly string[], quorum: number): string {
  return approvedBy.length === 0
    ? 'Nobody answered in time, and silence denies.'
    : `Only ${approvedBy.join(', ')} of ${count(quorum)} approved in time, and silence denies.`;
}

function count(people: number): string {
  return people === 1 ? '1 person' : `${people} people`;
}
