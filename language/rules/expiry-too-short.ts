import { handlerOf, type Level, orderOf } from '../authority/precedence.js';
import type { GateStep, Step } from '../model/playbook.js';
import type { Problem } from '../problem.js';
import type { PlaybookContext } from './context.js';
import { type PlaybookRule, report } from './rule.js';
import { durationText, listed } from './words.js';

const STEPS = (expires: string): string => `  - id: ask
    gate:
      ask: Suspend \${{ alert.entities.users[0] }}?
      grants: [suspend]
      approvers: { roles: [incident-commander] }
      timeout: 15m
      expires: ${expires}
  - id: tell
    manual: { task: Tell the person on the phone, role: analyst }
    timeout: 1h
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;

export const expiryTooShort: PlaybookRule = {
  name: 'expiry-too-short',
  group: 'authority',
  severity: 'warning',
  partial: false,
  what: 'An approval expires before people have done what they may take their time for between it and the act.',
  why: 'Everybody does their part in time and the act is denied all the same, in the middle of an attack.',
  fix: 'Ask after the waiting, or let the approval stay valid for longer than the waits add up to.',
  failing: { kind: 'steps', text: STEPS('«30m»') },
  passing: { kind: 'steps', text: STEPS('2h') },
  *check(context): Generator<Problem> {
    const { steps, stepOf, places, uri } = context;
    for (const gate of steps) {
      const expires = gate.kind === 'gate' ? gate.approval.expires : undefined;
      if (gate.kind !== 'gate' || !expires) continue;
      for (const grant of gate.grants) {
        const granted = stepOf.get(grant.value);
        if (!granted || orderOf(places, gate, granted) !== 'before') continue;
        const waits = between(context, gate, granted).flatMap(waitOf);
        if (waits.some(({ step }) => step.kind === 'gate' && step.grants.some((one) => one.value === grant.value)))
          continue;
        const total = waits.reduce((sum, wait) => sum + wait.most, 0);
        if (total <= expires.value) continue;
        const parts = waits.map(
          ({ step, most }) =>
            `"${step.id.value}" ${most === Number.POSITIVE_INFINITY ? 'without limit' : `up to ${durationText(most)}`}`,
        );
        yield report(
          this,
          expires.range,
          `This approval is void after ${durationText(expires.value)}, and between it and "${grant.value}" people are waited for: ${listed(parts)}. The act would be denied although everybody did their part. Ask after that, or make "expires" longer than the waits.`,
          { related: waits.map(({ step }) => ({ uri, range: step.id.range, message: 'People are waited for here.' })) },
        );
      }
    }
  },
};

/** The steps that every path from a gate to an act behind it passes: those on the lists around either. */
function between({ places }: PlaybookContext, gate: GateStep, act: Step): readonly Step[] {
  const from = places.get(gate) ?? [];
  const to = places.get(act) ?? [];
  const at = from.findIndex((level, index) => level.index !== to[index]?.index);
  const here = from[at];
  const there = to[at];
  if (!here || !there) return [];
  const rest = (level: Level): readonly Step[] => level.list.slice(level.index + 1);
  const before = (level: Level): readonly Step[] => level.list.slice(0, level.index);
  return [
    ...from.slice(at + 1).flatMap(rest),
    ...here.list.slice(here.index + 1, there.index),
    ...to.slice(at + 1).flatMap((level) => (handlerOf(level.owner, level.list) ? [] : before(level))),
  ].filter((step) => !step.when);
}

/** How long people may be waited for at a step, in milliseconds; nothing where nobody is. */
function waitOf(step: Step): readonly { readonly step: Step; readonly most: number }[] {
  const limit =
    step.kind === 'gate'
      ? step.approval.timeout
      : step.kind === 'manual'
        ? step.timeout
        : (step.kind === 'action' || step.kind === 'agent') && step.approval
          ? step.approval.timeout
          : null;
  return limit === null ? [] : [{ step, most: limit?.value ?? Number.POSITIVE_INFINITY }];
}
