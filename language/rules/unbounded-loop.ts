import { isAbove } from '../authority/effective-autonomy.js';
import { around } from '../authority/precedence.js';
import { allSteps, type ForEachStep } from '../model/playbook.js';
import { mapAt, numberAt } from '../model/read.js';
import type { Problem } from '../problem.js';
import type { PlaybookContext } from './context.js';
import { type PlaybookRule, report } from './rule.js';

/** More calls than this no person reads one by one before approving them, nor takes back by hand. */
const MOST_ITEMS = 50;
const MOST_CALLS = 200;

const STEPS = (max: string): string => `  - id: suspend_all
    for-each: { item: user, in: alert.entities.users, max: ${max} }
    steps:
      - id: suspend
        action: identity.suspend
        with: { user: "\${{ user }}" }
        approval: { roles: [incident-commander], timeout: 15m }
`;

export const unboundedLoop: PlaybookRule = {
  name: 'unbounded-loop',
  group: 'bounds',
  severity: 'warning',
  partial: true,
  what: 'A loop may act on more targets than people can review or take back: more than 50, or more than 200 over nested loops.',
  why: 'A list that an attacker lengthens turns a playbook against its own organization: one alert, and everybody is locked out.',
  fix: 'Lower `max` to what a real case has, and hand over to a person above it. An error where the act runs without a person.',
  failing: { kind: 'steps', text: STEPS('«500»') },
  passing: { kind: 'steps', text: STEPS('10') },
  *check(context): Generator<Problem> {
    for (const step of context.steps) {
      if (step.kind !== 'for-each') continue;
      const loops = around(context.places, step).filter((one) => one.kind === 'for-each');
      const calls = loops.reduce((product, loop) => product * loop.max, step.max);
      if (step.max <= MOST_ITEMS && calls <= MOST_CALLS) continue;
      const act = actIn(context, step);
      if (!act) continue;
      // Of nested loops the outer one is told when it alone is too much.
      if (step.max <= MOST_ITEMS && loops.some((loop) => loop.max > MOST_ITEMS)) continue;
      const many =
        step.max > MOST_ITEMS
          ? `up to ${step.max} times`
          : `up to ${calls} times, over ${loops.length + 1} nested loops`;
      yield report(
        this,
        numberAt(mapAt(step.node, 'for-each'), 'max')?.range ?? step.keyRange,
        `"${step.id.value}" runs ${act.what} ${many}, more than people can review or take back, and who writes the list decides how often. Lower "max" to what a real case has, and hand over above it.`,
        { severity: act.alone ? 'error' : 'warning' },
      );
    }
  },
};

/** The gravest act in the body of a loop. */
function actIn(
  { actsAt, calls }: PlaybookContext,
  loop: ForEachStep,
): { readonly what: string; readonly alone: boolean } | undefined {
  const body = [...allSteps(loop.steps)];
  const found = [
    ...body.flatMap((step) => actsAt.get(step) ?? []).map((act) => ({ act, by: act.toolName.value })),
    ...body.flatMap((step) =>
      step.kind === 'call'
        ? (calls.get(step)?.loaded?.acts ?? []).map((act) => ({
            act,
            by: `${act.toolName.value} of ${step.target.value}`,
          }))
        : [],
    ),
  ].map(({ act, by }) => ({ what: `${by} (${act.effect})`, alone: isAbove(act.autonomy.level, 'approve') }));
  return found.find((one) => one.alone) ?? found[0];
}
