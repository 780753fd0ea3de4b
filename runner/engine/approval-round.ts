import type { Tool } from '../../language/model/catalog.js';
import type { Approval, Step } from '../../language/model/playbook.js';
import { visible } from '../../language/visible.js';
import { stopReason } from '../deadline.js';
import type { HeldApproval } from '../decide/approval.js';
import type { ApprovalAnswer, ApprovalRequest } from '../protocol/messages.js';
import type { Actor, Call, Json } from '../protocol/trace.js';
import { plainJson, wellFormed } from '../trace/canonical.js';
import { applyChanges } from './approval-changes.js';
import { type Standing, type Terms, termsNow, termsOf } from './approval-terms.js';
import { least, timeLeftForPeople } from './budget.js';
import { ENGINE, pathOf, type RunContext } from './context.js';
import { titleOf } from './people.js';
import { waitForPeople } from './waiting.js';

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
  /** Digest of the call that was first proposed: another than that of `call` once people changed it. */
  readonly original: string;
  /** Why this call in place of it would be denied, whoever approved it; `undefined` when it would not. */
  readonly recheck: (call: Call) => string | undefined;
}

export type Answered =
  | {
      readonly outcome: 'approved';
      readonly people: readonly string[];
      readonly approvals: readonly HeldApproval[];
      /** What was approved, in the order of the question. */
      readonly calls: readonly AskedCall[];
      /** Who changed it. */
      readonly changedBy: readonly string[];
    }
  | { readonly outcome: 'rejected' | 'timed-out' | 'unsatisfied' | 'cancelled' | 'ended'; readonly because: string };

/** Answers that do not count, after which asking ends: an approver that repeats itself must not keep a run busy. */
const MAX_VOID_ANSWERS = 20;
/** How often a question is asked afresh, changed or handed on. */
const MAX_ROUNDS = 20;

/**
 * Asks people until enough of them approved, one rejected or ended the run, or the time is up. Silence, an approver that
 * cannot be reached and answers that do not count never approve. Calls that a person changes, and a question handed to
 * another role, are asked afresh: what was approved before is void then. All of it takes no longer than the question
 * stands. Writes what was shown and each answer; an approval in the result is on disk.
 */
export async function askApproval(context: RunContext, question: Question): Promise<Answered> {
  const { clock, state, scopes } = context;
  const { calls, approval } = question;
  const asked = clock.monotonic();
  const stands = least([approval.timeout?.value, timeLeftForPeople(state(), scopes, asked)]);
  const end = stands === undefined ? undefined : asked + stands;
  let standing: Standing = { number: 1, calls, changedBy: [], escalation: null };
  for (let left = stands; ; left = end === undefined ? undefined : Math.max(0, end - clock.monotonic())) {
    const result = await askRound(context, question, standing, end, left);
    if ('outcome' in result) return result;
    standing = result;
  }
}

/**
 * Asks once: how the question was answered, or how it is to be asked next.
 * @param end on the clock that never goes back, `left` milliseconds from now
 */
async function askRound(
  context: RunContext,
  question: Question,
  standing: Standing,
  end: number | undefined,
  left: number | undefined,
): Promise<Answered | Standing> {
  const { journal, clock } = context;
  const { step, approval } = question;
  const { calls, changedBy, number } = standing;
  const terms = termsOf(context, question, standing);
  const ask = visible(wellFormed(question.ask));
  const exact = calls.map(({ call }) => call);
  const gate = pathOf(context, step);
  context.apply({ kind: 'asked', gate });
  const deadline = left === undefined ? null : new Date(clock.now() + left).toISOString();
  await journal.write('gate.opened', gate, ENGINE, {
    gate,
    ask,
    evidence: question.evidence,
    calls: exact,
    roles: terms.roles,
    approvers: terms.eligible,
    quorum: terms.quorum,
    timeoutMs: left ?? null,
    ...(number > 1 ? { round: number } : {}),
    ...(changedBy.length > 0 ? { changedBy } : {}),
  });

  const approvedBy: string[] = [];
  let expires: number | null = null;
  const close = async (answered: Answered): Promise<Answered> => {
    const because = answered.outcome === 'approved' ? `${answered.people.join(', ')} approved.` : answered.because;
    const outcome = answered.outcome === 'cancelled' ? 'withdrawn' : answered.outcome;
    const identity = approvedBy.length > 0 ? ({ identity: 'locally-asserted' } as const) : {};
    await journal.write('gate.closed', gate, ENGINE, { gate, outcome, approvedBy, because, ...identity });
    return answered;
  };

  if (terms.eligible.length < terms.quorum) return close({ outcome: 'unsatisfied', because: tooFew(terms) });
  for (let voids = 0; voids < MAX_VOID_ANSWERS; ) {
    const open = termsNow(terms, context);
    const request: ApprovalRequest = {
      run: context.binding.run,
      gate,
      title: titleOf(step),
      ask,
      evidence: question.evidence,
      calls: exact,
      roles: terms.roles,
      approvers: open.eligible.filter((person) => !approvedBy.includes(person)),
      quorum: terms.quorum,
      approvedBy: [...approvedBy],
      escalateTo: terms.escalateTo,
      changedBy,
      deadline,
      irreversible: calls.some(({ tool }) => tool?.reversible !== true),
    };
    const limit = end === undefined ? undefined : end - clock.monotonic();
    const waited = await waitForPeople(context, (signal) => reach(context, request, signal), limit);
    if (waited.kind === 'cancelled' || context.signal.aborted) {
      return close({ outcome: 'cancelled', because: `${stopReason(context.signal)}.` });
    }
    const answer = waited.kind === 'done' ? waited.value : undefined;
    // The run may have gone on meanwhile, and who had it go on may not answer.
    const now = termsNow(terms, context);
    if (answer === undefined) {
      const left = [...new Set([...approvedBy, ...now.eligible])];
      return close(
        left.length < terms.quorum
          ? { outcome: 'unsatisfied', because: tooFew({ ...now, eligible: left }) }
          : { outcome: 'timed-out', because: silence(approvedBy, terms.quorum) },
      );
    }
    const by: Actor = { kind: 'human', id: wellFormed(answer.as), how: context.approver.how };
    const handed = handOn(context, question, standing, answer);
    const problem =
      problemWith(answer, now, approvedBy) ?? ('problem' in handed ? handed.problem : lastRound(answer, number));
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
          answered: { decision: String(answer.decision), ...(answer.decision === 'escalate' ? { to: answer.to } : {}) },
        });
      }
      continue;
    }
    await journal.write('decided', gate, by, {
      gate,
      decision: answer.decision,
      reason: wellFormed(answer.reason),
      calls: exact.map((call) => call.id),
      identity: 'locally-asserted',
    });
    const given = wellFormed(answer.reason).trim() || 'no reason given';
    const why = /[.!?…]$/.test(given) ? given : `${given}.`;
    switch (answer.decision) {
      case 'reject':
        return close({ outcome: 'rejected', because: `${answer.as} rejected it: ${why}` });
      case 'end':
        return close({ outcome: 'ended', because: `${answer.as} ended the run at "${gate}": ${why}` });
      case 'escalate': {
        if (!('standing' in handed)) break;
        const { eligible } = termsOf(context, question, handed.standing);
        await journal.write('escalated', gate, by, { gate, to: answer.to, approvers: eligible });
        return handed.standing;
      }
      case 'modify': {
        const { calls: after, refused } = applyChanges(context, calls, answer.changes);
        await journal.write('modified', gate, by, {
          gate,
          changes: answer.changes.map(({ call, arguments: args }) => ({
            call: wellFormed(call),
            arguments: plainJson(args),
          })),
          before: exact,
          after: after.map(({ call }) => call),
          refused,
        });
        // A change that is no proposal leaves the question as it is, with what was approved so far.
        if (refused !== null) {
          voids += 1;
          continue;
        }
        return { ...standing, number: number + 1, calls: after, changedBy: [...new Set([...changedBy, answer.as])] };
      }
      case 'approve': {
        approvedBy.push(answer.as);
        const until = approval.expires === undefined ? null : clock.now() + approval.expires.value;
        expires = expires === null ? until : expires;
        if (approvedBy.length < terms.quorum) break;
        const approvals = calls.map((asked) => held(asked, gate, terms, approvedBy, approval, expires, changedBy));
        return close({ outcome: 'approved', people: [...approvedBy], approvals, calls, changedBy });
      }
    }
  }
  return close({ outcome: 'unsatisfied', because: `${MAX_VOID_ANSWERS} answers did not count, so asking ended.` });
}

type HandedOn = { readonly standing: Standing } | { readonly problem: string } | Record<string, never>;

/** How a question stands once it is handed to another role, or why it cannot be. Of any other answer nothing. */
function handOn(context: RunContext, question: Question, standing: Standing, answer: ApprovalAnswer): HandedOn {
  if (answer.decision !== 'escalate') return {};
  const { number, escalation } = standing;
  const { escalateTo } = termsOf(context, question, standing);
  if (!escalateTo.includes(answer.to)) {
    const roles = escalateTo.length === 0 ? 'to no other role' : `only to ${escalateTo.join(' or ')}`;
    return { problem: `It cannot be handed to "${wellFormed(answer.to)}": the playbook lets it go ${roles}.` };
  }
  const by = [...new Set([...(escalation?.by ?? []), answer.as])];
  const handed: Standing = { ...standing, number: number + 1, escalation: { to: answer.to, by } };
  const terms = termsOf(context, question, handed);
  return terms.eligible.length < terms.quorum ? { problem: tooFew(terms) } : { standing: handed };
}

function lastRound({ decision }: ApprovalAnswer, number: number): string | undefined {
  if (number < MAX_ROUNDS || (decision !== 'modify' && decision !== 'escalate')) return undefined;
  return `It was asked ${MAX_ROUNDS} times; now it is approved as it is, or not.`;
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

const DECISIONS: ReadonlySet<string> = new Set<ApprovalAnswer['decision']>([
  'approve',
  'reject',
  'modify',
  'escalate',
  'end',
]);

/** Why an answer does not count; `undefined` when it does. */
function problemWith(answer: ApprovalAnswer, terms: Terms, approvedBy: readonly string[]): string | undefined {
  const who = answer.as === '' ? 'Somebody without a name' : wellFormed(answer.as);
  if (!terms.eligible.includes(answer.as)) {
    return terms.excluded.includes(answer.as)
      ? `${who} may not answer here: whoever asked for the run or had it go on, the agent, who changed the calls or handed the question on, and the approvers of gates it must be distinct from cannot.`
      : `${who} holds no role that may answer here, so the answer does not count.`;
  }
  if (!DECISIONS.has(answer.decision)) return `${who} decided nothing that is known, so the answer does not count.`;
  if (answer.decision !== 'approve') return undefined;
  return approvedBy.includes(answer.as) ? `${who} approved already; each person counts once.` : undefined;
}

function held(
  { step, call, original }: AskedCall,
  gate: string,
  terms: Terms,
  approvers: readonly string[],
  approval: Approval,
  expires: number | null,
  changedBy: readonly string[],
): HeldApproval {
  return {
    gate,
    step,
    call: call.id,
    digest: call.digest,
    ...(call.digest === original ? {} : { changed: { from: original, arguments: call.arguments, by: changedBy } }),
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

function tooFew({ eligible, quorum }: Terms): string {
  const who = eligible.length === 0 ? 'nobody' : `only ${eligible.join(', ')}`;
  return `It takes ${count(quorum)} to approve, and ${who} may, so nobody was asked.`;
}

function count(people: number): string {
  return people === 1 ? '1 person' : `${people} people`;
}
