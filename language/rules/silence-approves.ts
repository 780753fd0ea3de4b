import { handlerOf, orderOf } from '../authority/precedence.js';
import { allSteps, type GateStep } from '../model/playbook.js';
import type { Problem, Related } from '../problem.js';
import type { PlaybookContext } from './context.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = (after: string): string => `  - id: ask
    gate:
      ask: Suspend \${{ alert.entities.users[0] }}?
      grants: [suspend]
      approvers: { roles: [incident-commander] }
      timeout: 15m
    ${after}
  - id: suspend
    action: identity.suspend
    autonomy: notify
    with: { user: "\${{ alert.entities.users[0] }}" }
    where: args.user in alert.entities.users
    notify: { roles: [analyst] }
`;

export const silenceApproves: PlaybookRule = {
  name: 'silence-approves',
  group: 'authority',
  severity: 'error',
  partial: false,
  what: 'After a refusal, or after nobody answered, the playbook does without a person what people were asked about.',
  why: 'The people who said no, or did not see the question, take it that nothing happens. An attacker need only act at night.',
  fix: 'End the run there (`stop`, the default), hand over to a person, or lower the act to `approve` so that it needs the approval.',
  failing: { kind: 'steps', text: STEPS('«on-timeout»: continue') },
  passing: { kind: 'steps', text: STEPS('on-timeout: stop') },
  *check(context): Generator<Problem> {
    const { steps, stepOf, acts, places } = context;
    for (const gate of steps) {
      if (gate.kind !== 'gate') continue;
      for (const [handler, when] of [
        [gate.onReject, 'people refuse'],
        [gate.onTimeout, 'nobody answers'],
      ] as const) {
        yield* inHandler(context, gate, handler.steps, when);
        if (handler.then !== 'continue' || !handler.range) continue;
        // At `approve` the act is denied there: that is reported as an act that is reached without approval.
        const act = acts.find(
          ({ step, autonomy }) =>
            (autonomy.level === 'notify' || autonomy.level === 'autonomous') &&
            gate.grants.some((grant) => stepOf.get(grant.value) === step) &&
            orderOf(places, gate, step) === 'before',
        );
        if (!act) continue;
        yield report(
          this,
          handler.range,
          `When ${when} at "${gate.id.value}", the run goes on to "${act.step.id.value}", which runs ${act.toolName.value} (${act.effect}) at level "${act.autonomy.level}" without a person: the question decides nothing. Stop there, or lower "${act.step.id.value}" to "approve".`,
          { related: [at(context, act.toolName.range, 'This is what runs all the same.')] },
        );
      }
    }
  },
};

/** Acts without a person in what follows a refusal or silence, with a tool people were asked about. */
function* inHandler(
  context: PlaybookContext,
  gate: GateStep,
  list: GateStep['onReject']['steps'],
  when: string,
): Generator<Problem> {
  if (!handlerOf(gate, list)) return;
  const asked = new Set(
    gate.grants.flatMap((grant) => {
      const step = context.stepOf.get(grant.value);
      return step?.kind === 'action' ? [step.tool.value] : [];
    }),
  );
  const inside = new Set(allSteps(list));
  for (const act of context.acts) {
    if (!inside.has(act.step) || !asked.has(act.toolName.value)) continue;
    if (act.autonomy.level !== 'notify' && act.autonomy.level !== 'autonomous') continue;
    yield report(
      silenceApproves,
      act.toolName.range,
      `"${gate.id.value}" asks people about ${act.toolName.value}, and when ${when} it runs here without a person, at level "${act.autonomy.level}". Hand over to a person instead.`,
      { related: [at(context, gate.id.range, 'People are asked here.')] },
    );
  }
}

function at({ uri }: PlaybookContext, range: Related['range'], message: string): Related {
  return { uri, range, message };
}
