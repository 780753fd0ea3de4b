import { approvalRequirement, eligibleApprovers } from '../authority/approval-requirement.js';
import { orderOf } from '../authority/precedence.js';
import type { Problem } from '../problem.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';
import { approvalsOf } from './unsatisfiable-gate.js';
import { listed, people } from './words.js';

const HEAD = EXAMPLE_HEAD.replace('owner: detection-engineering', 'owner: analyst');
const GATE = (roles: string): string => `  - id: ask
    gate:
      ask: Suspend \${{ alert.entities.users[0] }}?
      grants: [suspend]
      ${roles}
      timeout: 15m
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;

export const selfApproval: PlaybookRule = {
  name: 'self-approval',
  group: 'authority',
  severity: 'error',
  partial: true,
  what: 'Only those who own the playbook may approve what it does, or an approver can approve twice where two people are meant.',
  why: 'Whoever wrote down what is to happen has decided already; a second pair of eyes that belongs to the same person sees nothing more.',
  fix: 'Name a role that others hold, too. In `distinct-from` name gates that come before this one.',
  failing: { kind: 'playbook', text: HEAD + GATE('«approvers»: { roles: [analyst] }') },
  passing: { kind: 'playbook', text: HEAD + GATE('approvers: { roles: [analyst, incident-commander] }') },
  *check(context): Generator<Problem> {
    const { policy, playbook, places, stepOf, uri } = context;
    if (!policy) return;
    const owner = playbook.owner;
    // The owner is a team: known where it is a role of the policy, or one person who holds one.
    const team = owner && (policy.roles.get(owner.value)?.map((person) => person.value) ?? [owner.value]);
    for (const { step, approval, acts } of approvalsOf(context)) {
      for (const name of approval.distinctFrom) {
        const other = stepOf.get(name.value);
        if (other?.kind !== 'gate') continue;
        const order = orderOf(places, other, step);
        if (order === 'before') continue;
        yield report(
          this,
          name.range,
          order === 'same'
            ? `"${name.value}" is this very gate: nobody approved there before, so this keeps nobody away. Name an earlier gate.`
            : `"${name.value}" never comes before "${step.id.value}", so nobody has approved there yet and one person can approve both. Name this gate in "distinct-from" of the later one.`,
        );
      }
      if (!owner || !team || acts.length === 0) continue;
      const roleSets = acts.flatMap((act) => approvalRequirement(act.tool, policy).roleSets);
      const able = eligibleApprovers(approval, { roleSets }, policy);
      const quorum = approval.quorum?.value ?? 1;
      const others = able.filter((person) => !team.includes(person));
      if (able.length < quorum || others.length >= quorum) continue;
      yield report(
        this,
        approval.range,
        `"${step.id.value}" needs ${people(quorum)}, and beside ${listed(able.filter((person) => team.includes(person)))}, who own this playbook, ${others.length === 0 ? 'nobody' : `only ${listed(others)}`} may approve: its owners would approve their own work. Name a role that others hold.`,
        { related: [{ uri, range: owner.range, message: `"${owner.value}" owns the playbook.` }] },
      );
    }
  },
};
