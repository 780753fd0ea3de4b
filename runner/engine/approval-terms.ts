import { approvalRequirement, eligibleApprovers } from '../../language/authority/approval-requirement.js';
import { taggedTarget } from '../decide/call.js';
import type { AskedCall, Question } from './approval-round.js';
import type { RunContext } from './context.js';

/** What became of a question since it was first asked. */
export interface Standing {
  /** From 1; one more each time it is asked afresh. */
  readonly number: number;
  /** What is proposed now. */
  readonly calls: readonly AskedCall[];
  /** Who changed that: the proposal is theirs, so they may not approve it. */
  readonly changedBy: readonly string[];
  /** The role it was handed to, and by whom; `null` while those decide whom the playbook names. */
  readonly escalation: { readonly to: string; readonly by: readonly string[] } | null;
}

/** Who may answer, and how many must. */
export interface Terms {
  readonly roles: readonly string[];
  /** Who may approve, sorted. */
  readonly eligible: readonly string[];
  readonly excluded: readonly string[];
  readonly quorum: number;
  /** Roles it may be handed to. */
  readonly escalateTo: readonly string[];
}

/**
 * The strictest of what the playbook says and of what policy asks for each call. Handing the question to another role puts
 * that role in the place of those the playbook names and changes nothing else: all that policy asks of approvers holds for
 * them as well, and only roles that the playbook names for it can be handed anything.
 */
export function termsOf(
  { loaded, user, resumers, model, state, prefix }: RunContext,
  { approval }: Pick<Question, 'approval'>,
  { calls, changedBy, escalation }: Standing,
): Terms {
  const { policy } = loaded;
  const requirements = calls.map(({ tool, call }) =>
    approvalRequirement(tool, policy, taggedTarget(tool, call.arguments)),
  );
  const roleSets = requirements.flatMap((requirement) => requirement.roleSets);
  const before = approval.distinctFrom.flatMap((gate) => state().approvedBy.get(prefix + gate.value) ?? []);
  // Whoever had it run or go on, the agent and whoever proposed it as it stands never approve.
  const excluded = [...new Set([user, model.id, ...before, ...resumers(), ...changedBy, ...(escalation?.by ?? [])])];
  const roles = escalation === null ? approval.roles.map((role) => role.value) : [escalation.to];
  const named = [...new Set([...approval.roles, ...approval.escalateTo].map((role) => role.value))];
  return {
    roles,
    eligible: eligibleApprovers({ roles: roles.map(located) }, { roleSets }, policy).filter(
      (person) => !excluded.includes(person),
    ),
    excluded,
    quorum: Math.max(1, approval.quorum?.value ?? 1, ...requirements.map((requirement) => requirement.quorum)),
    escalateTo: named.filter((role) => policy?.roles.has(role) && !(roles.length === 1 && roles[0] === role)),
  };
}

/** The terms once somebody else had the run go on: they may not answer any more. What they approved before stays. */
export function termsNow(terms: Terms, { resumers }: Pick<RunContext, 'resumers'>): Terms {
  const late = resumers().filter((person) => !terms.excluded.includes(person));
  if (late.length === 0) return terms;
  return {
    ...terms,
    eligible: terms.eligible.filter((person) => !late.includes(person)),
    excluded: [...terms.excluded, ...late],
  };
}

function located(value: string): { readonly value: string; readonly range: { start: number; end: number } } {
  return { value, range: { start: 0, end: 0 } };
}
