import { around, orderOf } from '../authority/precedence.js';
import { problemRange } from '../expressions/template.js';
import type { Step } from '../model/playbook.js';
import type { Problem } from '../problem.js';
import type { PlaybookContext } from './context.js';
import { type PlaybookRule, report } from './rule.js';

export const bindsAfterApproval: PlaybookRule = {
  name: 'binds-after-approval',
  group: 'authority',
  severity: 'error',
  partial: false,
  what: 'A granted act’s arguments, or the list of a loop around it, read a step that runs after the gate.',
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
  *check(context): Generator<Problem> {
    const { steps, stepOf, sitesAt, places, text, uri } = context;
    for (const gate of steps) {
      if (gate.kind !== 'gate') continue;
      for (const grant of gate.grants) {
        const granted = stepOf.get(grant.value);
        if (!granted || orderOf(places, gate, granted) !== 'before') continue;
        // The calls of a loop that starts after the gate are all shown there, so its list is as much part of them.
        const unrolled = around(places, granted).filter(
          (step) => step.kind === 'for-each' && orderOf(places, gate, step) === 'before',
        );
        const read = [granted, ...unrolled].flatMap((step) => sitesAt.get(step) ?? []);
        for (const site of read) {
          if (site.slot !== 'argument' && site.slot !== 'for-each') continue;
          const ofList = site.step !== granted;
          for (const { path } of site.checked.references) {
            const id = path[0]?.name === 'steps' ? path[1] : undefined;
            const producer = id && stepOf.get(id.name);
            if (!id || !producer || !runsBetween(context, gate, producer, granted)) continue;
            const what = ofList
              ? `"${site.step?.id.value}" goes over a list that "${id.name}" makes after "${gate.id.value}" approved its calls`
              : `"${id.name}" runs after "${gate.id.value}" approved this call`;
            yield report(
              this,
              problemRange(site.expression, id.start, id.end, text),
              `${what}, so the person could not have seen this value. Move "${id.name}" before the gate${unrolled.length > 0 ? ', or the gate into the loop' : ''}.`,
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

/** Whether a step can run after the gate was approved and before the granted act. */
function runsBetween({ places }: PlaybookContext, gate: Step, producer: Step, granted: Step): boolean {
  return (
    !around(places, producer).includes(gate) &&
    orderOf(places, gate, producer) === 'before' &&
    orderOf(places, producer, granted) === 'before'
  );
}
