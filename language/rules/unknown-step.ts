import type { Problem } from '../problem.js';
import { closest } from '../suggest.js';
import type { Located } from '../syntax/tree.js';
import { type PlaybookRule, report } from './rule.js';

/**
 * References by id in `grants`, `distinct-from` and `feedback`. Inside expressions the expression checker finds them and `check.ts`
 * reports them under this name.
 */
export const unknownStep: PlaybookRule = {
  name: 'unknown-step',
  group: 'structure',
  severity: 'error',
  partial: false,
  what: 'A reference names a step that does not exist.',
  why: 'A gate that grants a misspelt step grants nothing, and the act it was meant for is never approved.',
  fix: 'Use the id of a step of this playbook. In an expression write steps.<id>.output.',
  failing: {
    kind: 'steps',
    text: `  - id: ask
    gate:
      ask: Suspend the account?
      grants: [«suspnd»]
      approvers: { roles: [incident-commander] }
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
      approvers: { roles: [incident-commander] }
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`,
  },
  *check({ steps, stepOf, playbook }): Generator<Problem> {
    const actions = steps.filter((step) => step.kind === 'action').map((step) => step.id.value);
    const gates = steps.filter((step) => step.kind === 'gate').map((step) => step.id.value);
    const unknown = (reference: Located<string>, candidates: readonly string[]): Problem => {
      const suggestion = closest(reference.value, candidates);
      const message = `There is no step "${reference.value}".${suggestion ? ` Did you mean "${suggestion}"?` : ` Steps here: ${candidates.slice(0, 12).join(', ') || 'none'}.`}`;
      return report(this, reference.range, message, {
        fixes: suggestion
          ? [
              {
                title: `Change to "${suggestion}"`,
                edits: [{ range: reference.range, newText: suggestion }],
                safe: false,
              },
            ]
          : [],
      });
    };
    const decided = steps.filter((step) => step.kind === 'gate' || step.kind === 'manual').map((step) => step.id.value);
    for (const name of playbook.feedback) {
      const step = stepOf.get(name.value);
      if (playbook.unfinished.has(name.value)) continue;
      if (!step) yield unknown(name, decided);
      else if (step.kind !== 'gate' && step.kind !== 'manual') {
        yield report(
          this,
          name.range,
          `"${name.value}" is a step of kind "${step.kind}", where no person decides, so there is nothing to learn from. Name gates and manual steps: ${decided.join(', ') || 'there are none'}.`,
        );
      }
    }
    for (const step of steps) {
      if (step.kind === 'gate') {
        for (const grant of step.grants) {
          if (!stepOf.has(grant.value) && !playbook.unfinished.has(grant.value)) yield unknown(grant, actions);
        }
      }
      const approval =
        step.kind === 'gate' || step.kind === 'action' || step.kind === 'agent' ? step.approval : undefined;
      for (const other of approval?.distinctFrom ?? []) {
        const named = stepOf.get(other.value);
        if (playbook.unfinished.has(other.value)) continue;
        if (!named) yield unknown(other, gates);
        else if (named.kind !== 'gate') {
          yield report(
            this,
            other.range,
            `"${other.value}" is not a gate, so nobody approves there to be distinct from. Name an earlier gate: ${gates.join(', ') || 'there is none'}.`,
          );
        }
      }
    }
  },
};
