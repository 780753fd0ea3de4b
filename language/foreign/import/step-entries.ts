import type { ForeignFinding } from '../finding.js';
import type { ForeignArgument } from '../model.js';
import { isFailure, type Way } from './graph.js';
import { namesOf } from './names.js';
import { type Entry, type Item, inert, list, map, word } from './yaml-text.js';

/** How long people have to answer where the original does not say it. */
const DAY = '24h';

/** What an act that nobody here has decided on says of its level. */
export function undecidedEntries({ cell }: ForeignFinding): readonly Entry[] {
  return [
    ['autonomy', word(cell.autonomy)],
    ['undecided', inert(`In the original: ${cell.because}`, 600)],
  ];
}

/** The level of an act that is not understood, or not followed, and of which no more is known. */
export function anythingEntries(why: string): readonly Entry[] {
  return [
    ['autonomy', word('autonomous')],
    ['undecided', inert(`It may do anything: ${why}`, 600)],
  ];
}

/** An approval of the step's own, by whoever says yes in the original. */
export function approvalEntries(
  { cell: { approval } }: ForeignFinding,
  roleOf: (who: readonly string[]) => string,
): readonly Entry[] {
  const { roles = [], expires = null } = approval ?? {};
  return [
    ['autonomy', word('approve')],
    [
      'approval',
      map([
        ['roles', list([word(roleOf(whoOf(roles)))])],
        // Nothing says that the act can be undone.
        ['quorum', 2],
        ['timeout', word(durationOf(expires))],
      ]),
    ],
  ];
}

/** Whom a boundary names as those who answer; nobody where it says that it does not know. */
export function whoOf(roles: readonly string[]): readonly string[] {
  return roles.length === 1 && roles[0] === 'whoever may answer' ? [] : roles;
}

export function handlerEntries(steps: readonly Item[], then: 'stop' | 'continue'): readonly Entry[] {
  if (then === 'stop') return steps.length === 0 ? [] : [['on-error', { items: steps }]];
  if (steps.length === 0) return [['on-error', word('continue')]];
  return [
    [
      'on-error',
      map([
        ['then', word('continue')],
        ['steps', { items: steps }],
      ]),
    ],
  ];
}

/** Words of ours for ways, each once. */
export function valuesOf(ways: readonly Way[]): ReadonlyMap<Way, string> {
  // They are always in quotes, so any word will do.
  const values = namesOf('_', 40, []);
  return new Map(
    ways.map((way) => {
      const words = wordsOf(way);
      return [way, values.take(/^\P{L}*\p{L}/u.test(words) ? words : `way ${words}`, 'way')];
    }),
  );
}

/** What the original writes at ways, where it is not what we call them, and what has to hold for them. */
export function labelComments(values: ReadonlyMap<Way, string>): readonly string[] {
  return [...values].flatMap(([way, value]) => {
    const label = wordsOf(way);
    const said = label.toLowerCase() === value ? '' : inert(label, 120);
    const when = way.when === undefined ? '' : `if ${inert(way.when)}`;
    return said === '' && when === '' ? [] : [`${value}: ${[said, when].filter((one) => one !== '').join(', ')}`];
  });
}

/** What a way is called, for people. */
export function wordsOf({ label, kind }: Way): string {
  if (label !== '') return label;
  return isFailure(kind) || (kind !== 'branch' && kind !== 'ok') ? kind : 'otherwise';
}

/** What a playbook that is called is given. */
export function givenComments(args: readonly ForeignArgument[]): readonly string[] {
  return args.map(({ name, text }) => `The original gives it ${inert(name, 120)}: ${inert(text, 240)}`);
}

export function askedComments(who: readonly string[]): readonly string[] {
  return who.length === 0 ? [] : [`The original asks: ${who.map((one) => inert(one, 120)).join(', ')}`];
}

/** How long people have to answer, as the original says it, or a day. */
export function durationOf(expires: string | null): string {
  return expires !== null && /^[1-9][0-9]*(?:ms|s|m|h|d)$/.test(expires) ? expires : DAY;
}
