import { approvalRequirement, eligibleApprovers } from '../../language/authority/approval-requirement.js';
import type { Tool } from '../../language/model/catalog.js';
import type { Policy } from '../../language/model/policy.js';
import type { JsonObject } from '../protocol/trace.js';
import type { DecisionRule } from './rules.js';

/** What people approved at one gate for one exact call. */
export interface HeldApproval {
  /** The gate, or the step with an inline approval: its id after those of the calls that lead to it. */
  readonly gate: string;
  /** The step it authorizes, likewise. */
  readonly step: string;
  /** Id under which the exact call was shown. */
  readonly call: string;
  /** Digest of that call. */
  readonly digest: string;
  /** Present when people changed what was proposed: the digest of that call, the arguments it has now, and who changed it. */
  readonly changed?: { readonly from: string; readonly arguments: JsonObject; readonly by: readonly string[] };
  /** Who approved. */
  readonly approvers: readonly string[];
  /** Roles that may approve there, as the playbook declares them. */
  readonly roles: readonly string[];
  /** People who may not approve there whatever they hold: the requester, and the approvers of `distinct-from` gates. */
  readonly excluded: readonly string[];
  /** Distinct people the playbook asks for; policy may ask for more. */
  readonly quorum: number;
  /** Milliseconds since the epoch; from then on it is void. `null`: not before the run ends. */
  readonly expires: number | null;
  readonly usesLeft: number;
}

export type ApprovalJudgement =
  | { readonly ok: true; readonly approval: HeldApproval; readonly people: readonly string[] }
  | { readonly ok: false; readonly rule: DecisionRule; readonly reason: string };

/**
 * Whether one of the approvals held for `step` authorizes the call with `digest` now. Everything unclear counts against it.
 * `target` is what the call acts on, for the policy's tags; see `ceilingsOn`.
 */
export function judgeApprovals(
  held: readonly HeldApproval[],
  step: string,
  digest: string,
  tool: Tool,
  policy: Policy,
  target: string | null,
  now: number,
): ApprovalJudgement {
  let nearest: ApprovalJudgement = no('approval-required', 'Nobody approved this call.');
  let exact = false;
  for (const approval of held) {
    if (approval.step !== step) continue;
    const judged = judge(approval, digest, tool, policy, target, now);
    if (judged.ok) return judged;
    // Of several approvals, what is wrong with the one for this very call says most.
    if (exact && approval.digest !== digest) continue;
    nearest = judged;
    exact = approval.digest === digest;
  }
  return nearest;
}

function judge(
  approval: HeldApproval,
  digest: string,
  tool: Tool,
  policy: Policy,
  target: string | null,
  now: number,
): ApprovalJudgement {
  const { gate, expires } = approval;
  if (approval.digest !== digest) {
    return no(
      'approval-of-another-call',
      `What was approved at "${gate}" is not this exact call; its arguments changed.`,
    );
  }
  // Written so that NaN denies.
  if (!(approval.usesLeft >= 1)) return no('approval-used', `The approval given at "${gate}" is used up.`);
  if (expires !== null && !(now < expires))
    return no('approval-expired', `The approval given at "${gate}" has expired.`);
  const requirement = approvalRequirement(tool, policy, target);
  const eligible = new Set(
    eligibleApprovers(
      { roles: approval.roles.map((value) => ({ value, range: { start: 0, end: 0 } })) },
      requirement,
      policy,
    ),
  );
  for (const person of approval.excluded) eligible.delete(person);
  const people = [...new Set(approval.approvers)].filter((person) => eligible.has(person)).sort();
  const needed = Math.max(approval.quorum, requirement.quorum);
  if (people.length >= needed && people.length >= 1) return { ok: true, approval, people };
  const stranger = approval.approvers.find((person) => !eligible.has(person));
  if (stranger !== undefined) {
    return no(
      'approver-not-authorized',
      `${stranger} may not approve ${tool.name.value} at "${gate}" and does not count.`,
    );
  }
  return no(
    'quorum-not-reached',
    `${people.length} of ${needed} people approved at "${gate}": ${requirement.because}.`,
  );
}

function no(rule: DecisionRule, reason: string): ApprovalJudgement {
  return { ok: false, rule, reason };
}
