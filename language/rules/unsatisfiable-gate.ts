import type { Act } from '../authority/acts.js';
import { approvalRequirement, eligibleApprovers } from '../authority/approval-requirement.js';
import { ceilingsMatching } from '../authority/effective-autonomy.js';
import type { Approval, GateStep, Step } from '../model/playbook.js';
import type { Policy } from '../model/policy.js';
import type { Problem } from '../problem.js';
import type { PlaybookContext } from './context.js';
import { type PlaybookRule, report } from './rule.js';
import { people } from './words.js';

export const unsatisfiableGate: PlaybookRule = {
  name: 'unsatisfiable-gate',
  group: 'authority',
  severity: 'error',
  partial: true,
  what: 'Fewer people may approve than must.',
  why: 'Nobody can ever satisfy it: the act never runs, and that is found out during an attack.',
  fix: 'Name roles that enough people hold, or add people to them in the policy. Who approves must also hold a role the policy’s ceiling asks for.',
  failing: {
    kind: 'steps',
    text: `  - id: ask
    gate:
      ask: Suspend the account?
      grants: [suspend]
      «approvers»: { roles: [soc-manager], quorum: 2 }
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: ask
    gate:
      ask: Suspend the account?
      grants: [suspend]
      approvers: { roles: [soc-manager, incident-commander], quorum: 2 }
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`,
  },
  *check(context): Generator<Problem> {
    const { policy, stepOf } = context;
    if (!policy) return;
    const always = untagged(policy);
    for (const { step, approval, acts } of approvalsOf(context)) {
      const known = approval.roles.filter((role) => policy.roles.has(role.value));
      // A misspelt role is one fault, reported at its name.
      if (known.length < approval.roles.length || known.length === 0) continue;
      const roleSets = acts.flatMap((act) => approvalRequirement(act.tool, always).roleSets);
      const able = eligibleApprovers(approval, { roleSets }, policy);
      const quorum = approval.quorum?.value ?? 1;
      if (able.length < quorum) {
        yield report(
          this,
          approval.range,
          `"${step.id.value}" needs ${people(quorum)} to approve, and ${who(able)} may.${also(roleSets)} Name roles that enough people hold.`,
        );
        continue;
      }
      yield* forTags(policy, { step, approval, acts });
      for (const name of approval.distinctFrom) {
        const other = stepOf.get(name.value);
        if (other?.kind !== 'gate') continue;
        const needs = grantedBy(context, other).map((act) => approvalRequirement(act.tool, always));
        const others = eligibleApprovers(other.approval, { roleSets: needs.flatMap((one) => one.roleSets) }, policy);
        const together = new Set([...able, ...others]).size;
        const all = quorum + (other.approval.quorum?.value ?? 1);
        if (together < all) {
          yield report(
            this,
            name.range,
            `"${step.id.value}" and "${name.value}" need ${people(all)} between them, and only ${together} may approve. Name roles that more people hold.`,
          );
        }
      }
    }
  },
};

/** Targets that bear a tag may need people whom the approval does not name: found at the gate, in the middle of a run. */
function* forTags(policy: Policy, { step, approval, acts }: ApprovalOf): Generator<Problem> {
  const always = untagged(policy);
  for (const ceiling of policy.ceilings) {
    const tag = ceiling.targetTag?.value;
    if (tag === undefined) continue;
    const under: Policy = { ...policy, ceilings: [...always.ceilings, ceiling] };
    const needs = acts
      .filter((act) => act.tool && ceilingsMatching(act.tool, under).includes(ceiling))
      .map((act) => approvalRequirement(act.tool, under, null));
    if (needs.length === 0) continue;
    const roleSets = needs.flatMap((one) => one.roleSets);
    const able = eligibleApprovers(approval, { roleSets }, policy);
    const quorum = Math.max(approval.quorum?.value ?? 1, ...needs.map((one) => one.quorum));
    if (able.length >= quorum) continue;
    yield report(
      unsatisfiableGate,
      approval.range,
      `For a target with the tag "${tag}" the policy wants ${people(quorum)} to approve at "${step.id.value}", and ${who(able)} may.${also(roleSets)} Name roles that enough people hold.`,
      { related: [{ uri: policy.uri, range: ceiling.range, message: `The policy’s ceiling for "${tag}".` }] },
    );
  }
}

/** The policy as it holds for every target. */
export function untagged(policy: Policy): Policy {
  return { ...policy, ceilings: policy.ceilings.filter((ceiling) => ceiling.targetTag === undefined) };
}

function who(able: readonly string[]): string {
  return able.length === 0 ? 'nobody' : `only ${able.join(', ')}`;
}

function also(roleSets: readonly (readonly string[])[]): string {
  const needed = [...new Set(roleSets.map((set) => set.join(' or ')))];
  return needed.length > 0 ? ` The policy’s ceiling also wants them to be ${needed.join(' and ')}.` : '';
}

export interface ApprovalOf {
  readonly step: Step;
  readonly approval: Approval;
  readonly acts: readonly Act[];
}

/** The acts of the steps a gate grants. */
function grantedBy({ stepOf, actsAt }: Pick<PlaybookContext, 'actsAt' | 'stepOf'>, gate: GateStep): readonly Act[] {
  return gate.grants.flatMap((grant) => {
    const step = stepOf.get(grant.value);
    return step ? (actsAt.get(step) ?? []) : [];
  });
}

/** Every approval of a playbook, with the acts it is for. */
export function* approvalsOf({
  steps,
  actsAt,
  stepOf,
}: Pick<PlaybookContext, 'steps' | 'actsAt' | 'stepOf'>): Generator<ApprovalOf> {
  for (const step of steps) {
    if (step.kind === 'gate') {
      yield { step, approval: step.approval, acts: grantedBy({ stepOf, actsAt }, step) };
    } else if ((step.kind === 'action' || step.kind === 'agent') && step.approval) {
      yield { step, approval: step.approval, acts: actsAt.get(step) ?? [] };
    }
  }
}
