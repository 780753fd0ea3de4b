import { handlerOf, type Level, levelsOf, orderOf } from '../authority/precedence.js';
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
    const waitIn = waitsOfLists();
    for (const gate of steps) {
      const expires = gate.kind === 'gate' ? gate.approval.expires : undefined;
      if (gate.kind !== 'gate' || !expires) continue;
      for (const grant of gate.grants) {
        const granted = stepOf.get(grant.value);
        if (!granted || orderOf(places, gate, granted) !== 'before') continue;
        const parts = between(context, gate, granted);
        if (parts.reduce((sum, part) => sum + waitIn(part), 0) <= expires.value) continue;
        const waits = waitsUntil(parts, (step) => step.grants.some((one) => one.value === grant.value));
        if (!waits) continue;
        const told = waits.map(
          ({ step, most }) =>
            `"${step.id.value}" ${most === Number.POSITIVE_INFINITY ? 'without limit' : `up to ${durationText(most)}`}`,
        );
        yield report(
          this,
          expires.range,
          `This approval is void after ${durationText(expires.value)}, and between it and "${grant.value}" people are waited for: ${listed(told)}. The act would be denied although everybody did their part. Ask after that, or make "expires" longer than the waits.`,
          { related: waits.map(({ step }) => ({ uri, range: step.id.range, message: 'People are waited for here.' })) },
        );
      }
    }
  },
};

/** Steps of a list from one index to before another. */
interface Part {
  readonly list: readonly Step[];
  readonly from: number;
  readonly to: number;
}

/** The steps that every path from a gate to an act behind it passes: those on the lists around either. */
function between({ places }: PlaybookContext, gate: GateStep, act: Step): readonly Part[] {
  const from = levelsOf(places, gate);
  const to = levelsOf(places, act);
  const at = from.findIndex((level, index) => level.index !== to[index]?.index);
  const here = from[at];
  const there = to[at];
  if (!here || !there) return [];
  const rest = ({ list, index }: Level): Part => ({ list, from: index + 1, to: list.length });
  const before = ({ list, index }: Level): Part => ({ list, from: 0, to: index });
  return [
    ...from.slice(at + 1).map(rest),
    { list: here.list, from: here.index + 1, to: there.index },
    ...to.slice(at + 1).flatMap((level) => (handlerOf(level.owner, level.list) ? [] : [before(level)])),
  ];
}

interface Waiting {
  readonly step: Step;
  /** Milliseconds; `Infinity` where nothing is declared. */
  readonly most: number;
}

/**
 * How long people may be waited for in a part of a list, in milliseconds. Each list is added up once: a gate may grant many
 * steps far behind it.
 */
function waitsOfLists(): (part: Part) => number {
  const sums = new Map<
    readonly Step[],
    { readonly limited: readonly number[]; readonly unlimited: readonly number[] }
  >();
  const sumsOf = (list: readonly Step[]) => {
    const limited = [0];
    const unlimited = [0];
    for (const [index, step] of list.entries()) {
      const most = waitOf(step)?.most ?? 0;
      limited.push((limited[index] ?? 0) + (most === Infinity ? 0 : most));
      unlimited.push((unlimited[index] ?? 0) + (most === Infinity ? 1 : 0));
    }
    return { limited, unlimited };
  };
  return ({ list, from, to }) => {
    if (from >= to) return 0;
    const known = sums.get(list) ?? sumsOf(list);
    sums.set(list, known);
    const { limited, unlimited } = known;
    return unlimited[to] === unlimited[from] ? (limited[to] ?? 0) - (limited[from] ?? 0) : Infinity;
  };
}

/** What is waited for on the way; `undefined` where a gate asks again there. */
function waitsUntil(parts: readonly Part[], asksAgain: (gate: GateStep) => boolean): readonly Waiting[] | undefined {
  const waits: Waiting[] = [];
  for (const { list, from, to } of parts) {
    for (let index = from; index < to; index++) {
      const step = list[index];
      const wait = step && waitOf(step);
      if (!wait) continue;
      if (step.kind === 'gate' && asksAgain(step)) return undefined;
      waits.push(wait);
    }
  }
  return waits;
}

/** How long people may be waited for at a step; nothing where nobody is, or where it may be skipped. */
function waitOf(step: Step): Waiting | undefined {
  if (step.when) return undefined;
  switch (step.kind) {
    case 'gate':
      return { step, most: step.approval.timeout?.value ?? Infinity };
    case 'manual':
      return { step, most: step.timeout?.value ?? Infinity };
    case 'action':
    case 'agent':
      return step.approval && { step, most: step.approval.timeout?.value ?? Infinity };
    default:
      return undefined;
  }
}
