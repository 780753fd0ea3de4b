import { isConsequential } from '../model/levels.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

export const gateGrantsNothing: PlaybookRule = {
  name: 'gate-grants-nothing',
  group: 'structure',
  severity: 'error',
  partial: false,
  what: 'A gate grants a step that needs no approval, or one whose calls cannot be known at the gate.',
  why: 'The approver believes to authorize something. An approval is for exact calls: only an action’s call can be shown and frozen at the gate; an agent’s calls are approved one by one, where it makes them.',
  fix: 'Grant the actions with consequential tools. Give an agent step an `approval` of its own.',
  failing: {
    kind: 'steps',
    text: `  - id: ask
    gate:
      ask: Look up the domain?
      grants: [«reputation»]
      approvers: { roles: [analyst] }
  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
  - id: ask
    gate:
      ask: Suspend the account?
      grants: [suspend]
      approvers: { roles: [analyst] }
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`,
  },
  *check({ steps, stepOf, tools }): Generator<Problem> {
    for (const gate of steps) {
      if (gate.kind !== 'gate') continue;
      for (const grant of gate.grants) {
        const step = stepOf.get(grant.value);
        if (!step) continue;
        if (step.kind === 'agent') {
          yield report(
            this,
            grant.range,
            `"${grant.value}" is an agent: which calls it will make is not known at this gate, so they cannot be approved here. Give that step an "approval" of its own.`,
          );
        } else if (step.kind === 'call') {
          yield report(
            this,
            grant.range,
            `"${grant.value}" calls another playbook, and an approval never passes a call: the acts there would still be denied. Put the gate into that playbook.`,
          );
        } else if (step.kind === 'for-each') {
          yield report(
            this,
            grant.range,
            `"${grant.value}" is a loop and calls no tool itself. Grant the actions in its body: every call of the loop is then shown here.`,
          );
        } else if (step.kind !== 'action') {
          yield report(
            this,
            grant.range,
            `"${grant.value}" is a step of kind "${step.kind}" and calls no tool. Grant the actions with consequential tools.`,
          );
        } else if (tools.has(step.tool.value) && !isConsequential(tools.get(step.tool.value)?.effect)) {
          yield report(
            this,
            grant.range,
            `"${grant.value}" only calls ${step.tool.value} (${tools.get(step.tool.value)?.effect}), which needs no approval. Remove it from "grants".`,
          );
        }
      }
    }
  },
};
