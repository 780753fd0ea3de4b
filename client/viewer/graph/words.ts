import type { GraphGateItem, GraphLaneItem, GraphStepItem } from '../../../server/protocol/graph.js';
import { shortened, visible } from '../events/visible.js';
import { plural } from '../events/words.js';
import type { GraphModel } from './model.js';

type Level = NonNullable<GraphStepItem['level']>;
type Verdict = 'proven' | 'runtime' | 'violated' | 'unknown';

/** The levels, the one that leaves most to the machine first: icon, name, and what it means at an act. */
export const LEVELS = {
  autonomous: { icon: 'zap', means: 'runs without a person' },
  notify: { icon: 'bell', means: 'runs without a person, who is told' },
  approve: { icon: 'shield', means: 'runs once people approved it' },
  assist: { icon: 'person-add', means: 'a person does it, prepared for them' },
  manual: { icon: 'person', means: 'a person does it' },
} as const satisfies { readonly [L in Level]: { readonly icon: string; readonly means: string } };

export const VERDICTS = {
  proven: { icon: 'pass', tone: 'good', words: 'proven' },
  runtime: { icon: 'watch', tone: 'plain', words: 'checked at run time' },
  violated: { icon: 'error', tone: 'bad', words: 'violated' },
  unknown: { icon: 'question', tone: 'warning', words: 'unknown' },
} as const satisfies { readonly [V in Verdict]: object };

/** Text of the playbook in one line, hidden characters made visible. */
export function line(text: string, length = 120): string {
  return visible(shortened(text, length));
}

export function titleOf({ title, id }: GraphStepItem): string {
  return title === '' ? id : title;
}

/** Why a lane is taken. */
export function laneWords({ name, kind }: GraphLaneItem): string {
  switch (kind) {
    case 'handler':
    case 'body':
    case 'straight':
    case 'branch':
      return name;
    case 'called':
      return `runs ${name}`;
  }
}

/** How a step is left, in words. */
export function edgeWords(kind: string, branch?: string): string {
  switch (kind) {
    case 'begin':
      return 'begins';
    case 'ok':
      return 'done';
    case 'branch':
      return branch ?? 'branch';
    case 'item':
      return 'next item';
    case 'entered':
      return 'entered';
    case 'done':
      return 'no more items';
    case 'joined':
      return 'branches have ended';
    case 'retry':
      return 'tried again';
    case 'stopped':
      return 'ends the run';
    case 'timed-out':
      return 'no answer in time';
    case 'cut-off':
      return 'another branch was first';
    case 'overrun':
      return 'out of time';
    default:
      return kind;
  }
}

/** Who approves, in a line: `2 of incident-commander`. */
export function whoApproves({ quorum, roles }: Pick<GraphGateItem, 'quorum' | 'roles'>): string {
  return `${quorum} of ${line(roles.join(' or ')) || 'nobody'}`;
}

/** How long a gate waits, what it is good for, and what silence does. */
export function howLong({ timeout, expires, uses }: GraphGateItem): string {
  return [
    timeout === null ? 'Waits as long as it takes' : `Silence denies after ${timeout}`,
    expires === null ? 'valid until the run ends' : `valid for ${expires}`,
    uses > 1 ? `each call ${uses} times` : 'each call once',
  ].join(', ');
}

/** What of a card only its place in the picture says, for whoever listens. */
export function placeWords({ key }: GraphStepItem, { holderOf }: GraphModel): string {
  const holder = holderOf.get(key);
  return holder === undefined ? '' : `in ${line(laneWords(holder.lane))} of ${line(holder.step.id)}`;
}

/** What is in a folded step. */
export function insideWords({ steps, acts, doubts }: { steps: number; acts: number; doubts: number }): string {
  return [
    `${steps} ${plural('step', steps)} inside`,
    acts === 0 ? '' : `${acts} ${plural('act', acts)}`,
    doubts === 0 ? '' : `${doubts} violated or unknown`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
