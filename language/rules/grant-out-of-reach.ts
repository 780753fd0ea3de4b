import { reachableFrom } from '../authority/graph.js';
import { around, orderOf } from '../authority/precedence.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

export const grantOutOfReach: PlaybookRule = {
  name: 'grant-out-of-reach',
  group: 'authority',
  severity: 'error',
  partial: false,
  what: 'A gate grants a step that no path from its approval reaches.',
  why: 'A person is asked to approve an act that this approval can never lead to.',
  fix: 'Move the step after the gate, on its approved side, or remove it from `grants`.',
  failing: {
    kind: 'steps',
    text: `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
    approval: { roles: [incident-commander] }
  - id: ask
    gate:
      ask: Suspend the account?
      grants: [«suspend»]
      approvers: { roles: [incident-commander] }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: ask
    gate:
      ask: Suspend the account?
      grants: [suspend]
      approvers: { roles: [incident-commander] }
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`,
  },
  *check({ steps, stepOf, graph, places }): Generator<Problem> {
    for (const gate of steps) {
      const at = gate.kind === 'gate' ? graph.nodeOf.get(gate) : undefined;
      if (gate.kind !== 'gate' || at === undefined) continue;
      let reached: ReadonlySet<number> | undefined;
      for (const grant of gate.grants) {
        const step = stepOf.get(grant.value);
        const node = step && graph.nodeOf.get(step);
        if (!step || node === undefined) continue;
        // What stands behind the gate is reached; only for the rest need the paths be followed.
        if (orderOf(places, gate, step) === 'before' && !around(places, step).includes(gate)) continue;
        reached ??= reachableFrom(graph, at, (edge) => edge.kind === 'approved');
        if (reached.has(node)) continue;
        yield report(
          this,
          grant.range,
          `"${grant.value}" cannot be reached once "${gate.id.value}" is approved, so this approval would be for nothing. Move the step after the gate, or remove it from "grants".`,
        );
      }
    }
  },
};
