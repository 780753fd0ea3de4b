import { reachableFrom } from '../authority/graph.js';
import { problemRange } from '../expressions/template.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

export const bindsAfterApproval: PlaybookRule = {
  name: 'binds-after-approval',
  group: 'authority',
  severity: 'error',
  partial: false,
  what: 'A granted act’s arguments read a step that runs after the gate.',
  why: 'What the person approves is the exact call. If a later step still changes it, the approval is void, or worse: was for something else.',
  fix: 'Move the step that produces the value before the gate.',
  failing: {
    kind: 'steps',
    text: `  - id: ask
    gate:
      ask: Suspend the account?
      grants: [suspend]
      approvers: { roles: [incident-commander] }
  - id: choose
    manual:
      task: Say which account
      role: analyst
      output: { user: { type: string, x-entity: user } }
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ steps.«choose».output.user }}" }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: choose
    manual:
      task: Say which account
      role: analyst
      output: { user: { type: string, x-entity: user } }
  - id: ask
    gate:
      ask: Suspend the account?
      grants: [suspend]
      approvers: { roles: [incident-commander] }
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ steps.choose.output.user }}" }
`,
  },
  *check({ steps, stepOf, graph, sites, text, uri }): Generator<Problem> {
    for (const gate of steps) {
      const at = gate.kind === 'gate' ? graph.nodeOf.get(gate) : undefined;
      if (gate.kind !== 'gate' || at === undefined) continue;
      const afterGate = reachableFrom(graph, at, (edge) => edge.kind === 'approved');
      for (const grant of gate.grants) {
        const granted = stepOf.get(grant.value);
        const target = granted && graph.nodeOf.get(granted);
        if (target === undefined) continue;
        for (const site of sites) {
          if (site.step !== granted || site.slot !== 'argument') continue;
          for (const { path } of site.checked.references) {
            const id = path[0]?.name === 'steps' ? path[1] : undefined;
            const producer = id && stepOf.get(id.name);
            const node = producer && graph.nodeOf.get(producer);
            if (!id || node === undefined || !afterGate.has(node) || !reachableFrom(graph, node).has(target)) continue;
            yield report(
              this,
              problemRange(site.expression, id.start, id.end, text),
              `"${id.name}" runs after "${gate.id.value}" approved this call, so the person could not have seen this value. Move "${id.name}" before the gate.`,
              {
                related: [{ uri, range: grant.range, message: `"${gate.id.value}" grants this step here.` }],
              },
            );
          }
        }
      }
    }
  },
};
