import type { Act } from '../authority/acts.js';
import { approvalRequirement, eligibleApprovers } from '../authority/approval-requirement.js';
import type { Approval, Step } from '../model/playbook.js';
import type { Problem } from '../problem.js';
import type { PlaybookContext } from './context.js';
import { type PlaybookRule, report } from './rule.js';

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
    const { policy, stepOf, steps } = context;
    if (!policy) return;
    for (const { step, approval, acts } of approvalsOf(context)) {
      const known = approval.roles.filter((role) => policy.roles.has(role.value));
      // A misspelt role is one fault, reported at its name.
      if (known.length < approval.roles.length || known.length === 0) continue;
      const roleSets = acts.flatMap((act) => approvalRequirement(act.tool, policy).roleSets);
      const people = eligibleApprovers(approval, { roleSets }, policy);
      const quorum = approval.quorum?.value ?? 1;
      if (people.length < quorum) {
        const needed = [...new Set(roleSets.map((set) => set.join(' or ')))];
        const also = needed.length > 0 ? ` The policy’s ceiling also wants them to be ${needed.join(' and ')}.` : '';
        yield report(
          this,
          approval.range,
          `"${step.id.value}" needs ${count(quorum)} to approve, and ${people.length === 0 ? 'nobody' : `only ${people.join(', ')}`} may.${also} Name roles that enough people hold.`,
        );
        continue;
      }
      for (const name of approval.distinctFrom) {
        const other = stepOf.get(name.value);
        if (other?.kind !== 'gate' || !steps.includes(other)) continue;
        const others = eligibleApprovers(other.approval, { roleSets: [] }, policy);
        const together = new Set([...people, ...others]).size;
        const all = quorum + (other.approval.quorum?.value ?? 1);
        if (together < all) {
          yield report(
            this,
            name.range,
            `"${step.id.value}" and "${name.value}" need ${count(all)} between them, and only ${together} may approve. Name roles that more people hold.`,
          );
        }
      }
    }
  },
};

/** Every approval of a playbook, with the acts it is for. */
export function* approvalsOf({ steps, acts }: Pick<PlaybookContext, 'steps' | 'acts'>): Generator<{
  readonly step: Step;
  readonly approval: Approval;
  readonly acts: readonly Act[];
}> {
  for (const step of steps) {
    if (step.kind === 'gate') {
      const granted = new Set(step.grants.map((grant) => grant.value));
      yield { step, approval: step.approval, acts: acts.filter((act) => granted.has(act.step.id.value)) };
    } else if ((step.kind === 'action' || step.kind === 'agent') && step.approval) {
      yield { step, approval: step.approval, acts: acts.filter((act) => act.step === step) };
    }
  }
}

function count(people: number): string {
  return people === 1 ? '1 person' : `${people} people`;
}
