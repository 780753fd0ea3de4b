import type { AutonomyLevel } from './levels.js';

/** What a word for a level is taken to mean, by different people. */
interface Readings {
  readonly because: string;
  /** The levels it may stand for, the lowest first. */
  readonly levels: readonly AutonomyLevel[];
}

const BEFORE_OR_AFTER: Readings = {
  because: 'to some a person decides before the act, to others a person watches it happen',
  levels: ['approve', 'notify'],
};
const ASKED: Readings = {
  because: 'it leaves open whether a person decides on the act or does it',
  levels: ['assist', 'approve'],
};
const ALONE: Readings = { because: 'it leaves open whether anybody is told', levels: ['notify', 'autonomous'] };

/**
 * Words for autonomy that other products use and that this language does not, because they disagree on what they mean.
 * Keys are in lower case, with `-` between words.
 */
const AMBIGUOUS: ReadonlyMap<string, Readings> = new Map([
  ['supervised', BEFORE_OR_AFTER],
  ['semi-autonomous', BEFORE_OR_AFTER],
  ['semi-automated', BEFORE_OR_AFTER],
  ['human-on-the-loop', BEFORE_OR_AFTER],
  ['human-in-the-loop', ASKED],
  ['hitl', ASKED],
  ['copilot', ASKED],
  ['co-pilot', ASKED],
  ['assisted', ASKED],
  ['auto', ALONE],
  ['automatic', ALONE],
  ['automated', ALONE],
  ['full', ALONE],
  ['full-auto', ALONE],
  ['fully-autonomous', ALONE],
  ['unsupervised', ALONE],
  ['human-out-of-the-loop', ALONE],
]);

/** What a word may mean; `undefined` when it is none of those on which products disagree. */
export function readingsOf(word: string): Readings | undefined {
  return AMBIGUOUS.get(
    word
      .trim()
      .toLowerCase()
      .replace(/[\s_]+/g, '-'),
  );
}
