import type { Act } from '../authority/acts.js';
import { isAbove } from '../authority/effective-autonomy.js';
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
    const { steps, stepOf, actsAt, places } = context;
    for (const gate of steps) {
      if (gate.kind !== 'gate') continue;
      for (const [handler, when] of [
        [gate.onReject, 'people refuse'],
        [gate.onTimeout, 'nobody answers'],
      ] as const) {
        yield* inHandler(context, gate, handler.steps, when);
        if (handler.then !== 'continue' || !handler.range) continue;
        // At `approve` the act is denied there: that is reported as an act that is reached without approval.
        const act = gate.grants
          .flatMap((grant) => {
            const step = stepOf.get(grant.value);
            return step && orderOf(places, gate, step) === 'before' ? (actsAt.get(step) ?? []) : [];
          })
          .filter(({ autonomy }) => isAbove(autonomy.level, 'approve'))
          .reduce<Act | undefined>((first, one) => (first && isBefore(first, one) ? first : one), undefined);
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
  for (const act of [...allSteps(list)].flatMap((step) => context.actsAt.get(step) ?? [])) {
    if (!asked.has(act.toolName.value) || !isAbove(act.autonomy.level, 'approve')) continue;
    yield report(
      silenceApproves,
      act.toolName.range,
      `"${gate.id.value}" asks people about ${act.toolName.value}, and when ${when} it runs here without a person, at level "${act.autonomy.level}". Hand over to a person instead.`,
      { related: [at(context, gate.id.range, 'People are asked here.')] },
    );
  }
}

function isBefore(a: Act, b: Act): boolean {
  return a.toolName.range.start <= b.toolName.range.start;
}

function at({ uri }: PlaybookContext, range: Related['range'], message: string): Related {
  return { uri, range, message };
}
