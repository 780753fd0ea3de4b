import type { Approval, GateStep } from '../../model/playbook.js';
import type { Act } from '../acts.js';
import { approvalRequirement, eligibleApprovers } from '../approval-requirement.js';
import type { Frame } from '../boundary.js';
import type { Naming } from './canonical.js';

/** An approval that lets an act run. */
export interface ApprovalFacts {
  /** The gate, or the step with the approval of its own, as matching names it. */
  readonly gate: string;
  /** As its playbook names it. */
  readonly shown: string;
  /** Who may approve: the people themselves, by the policy. */
  readonly people: readonly string[];
  /** Distinct people that have to. */
  readonly quorum: number;
  /** Milliseconds for which it is valid; `Infinity`: until the run ends. */
  readonly expires: number;
  /** Executions it is good for. */
  readonly uses: number;
  /** Gates whose approvers may not approve here, as matching names them. */
  readonly apart: readonly string[];
}

/** The approvals that can let an act run. */
export function approvalsOf(
  frame: Frame,
  act: Act,
  gates: readonly GateStep[],
  naming: Naming,
): readonly ApprovalFacts[] {
  const { step, tool } = act;
  const requirement = approvalRequirement(tool, frame.policy);
  const nameOf = (id: string): string => naming.nameOf(`${frame.prefix}${id}`);
  const facts = (id: string, approval: Approval, uses: number): ApprovalFacts => ({
    gate: nameOf(id),
    shown: `${frame.prefix}${id}`,
    // Whoever the question may be handed to may approve, too.
    people: eligibleApprovers({ roles: [...approval.roles, ...approval.escalateTo] }, requirement, frame.policy),
    quorum: Math.max(approval.quorum?.value ?? 1, requirement.quorum),
    expires: approval.expires?.value ?? Infinity,
    uses,
    apart: [...new Set(approval.distinctFrom.map((gate) => nameOf(gate.value)))].sort(),
  });
  return [
    ...(step.approval ? [facts(step.id.value, step.approval, step.approval.uses?.value ?? 1)] : []),
    ...gates.map((gate) => facts(gate.id.value, gate.approval, gate.approval.uses?.value ?? 1)),
  ];
}

/** Whether an approval is at least as hard to get, and good for as little, as another one. */
export function isCoveredBy(approval: ApprovalFacts, other: ApprovalFacts): boolean {
  return (
    approval.people.every((person) => other.people.includes(person)) &&
    approval.quorum >= other.quorum &&
    approval.expires <= other.expires &&
    approval.uses <= other.uses &&
    other.apart.every((gate) => approval.apart.includes(gate))
  );
}
