import { AUTONOMY_LEVELS } from '../../model/levels.js';
import { durationText } from '../cell-facts.js';
import { type Compared, validity } from './difference.js';
import type { ActFacts } from './facts.js';
import type { TaggedLimit } from './limits.js';
import { compareConditions, dataWords } from './order-conditions.js';

/** How what holds the calls of two acts differs. */
export function compareBounds({ base, head, say }: Compared): void {
  compareConditions(base.where, head.where, (direction, is, was) => {
    if (is === was) say('bounds', direction, `its calls are held to ${is}, ${dataWords(direction)}`);
    else if (is === '') say('bounds', direction, `its calls are not held to ${was} any more`);
    else say('bounds', direction, `its calls are held to ${is}${was === '' ? ' now' : `, and not to ${was} any more`}`);
  });

  for (const what of new Set([...base.limits.keys(), ...head.limits.keys()])) {
    const [was, is] = [base.limits.get(what) ?? Infinity, head.limits.get(what) ?? Infinity];
    if (was !== is) say('bounds', is > was ? 'wider' : 'narrower', limitWords(what, is, was));
  }
  // Where people decide before, looking afterwards is not what an act rests on.
  if (base.review !== head.review && isAlone(base) && isAlone(head))
    say(
      'bounds',
      head.review < base.review ? 'wider' : 'narrower',
      `${percent(head.review)} of its outcomes are looked at afterwards, ${percent(base.review)} before`,
    );
  compareTold(base, head, say);
  const lost = base.tagged.filter((one) => !head.tagged.some((other) => isAsStrict(other, one)));
  const gained = head.tagged.filter((one) => !base.tagged.some((other) => isAsStrict(other, one)));
  for (const { tag } of lost) say('bounds', 'wider', `the policy asks less of it for targets tagged "${tag}"`);
  for (const { tag } of gained) say('bounds', 'narrower', `the policy asks more of it for targets tagged "${tag}"`);
}

function isAlone({ reach }: ActFacts): boolean {
  return reach === 'notify' || reach === 'autonomous' || reach === 'free';
}

function compareTold({ told: was }: ActFacts, { told: is }: ActFacts, say: Compared['say']): void {
  if (!was || !is) return;
  const fewer = was.people.filter((person) => !is.people.includes(person));
  const more = is.people.filter((person) => !was.people.includes(person));
  if (fewer.length > 0) say('bounds', 'wider', `it is not told to ${fewer.join(', ')} any more`);
  if (more.length > 0) say('bounds', 'narrower', `it is told to ${more.join(', ')}, too`);
  if (was.undoWithin !== is.undoWithin)
    say(
      'undo',
      is.undoWithin < was.undoWithin ? 'wider' : 'narrower',
      `it can be taken back ${validity(is.undoWithin)}, ${validity(was.undoWithin)} before`,
    );
}

function isAsStrict(limit: TaggedLimit, than: TaggedLimit): boolean {
  const covers = limit.bearers === undefined || (than.bearers?.every((one) => limit.bearers?.includes(one)) ?? false);
  const people =
    than.people === undefined || (limit.people?.every((person) => than.people?.includes(person) ?? false) ?? false);
  return (
    covers &&
    people &&
    AUTONOMY_LEVELS.indexOf(limit.level) <= AUTONOMY_LEVELS.indexOf(than.level) &&
    limit.quorum >= than.quorum
  );
}

function limitWords(what: string, is: number, was: number): string {
  if (what.startsWith('milliseconds')) {
    const time = (ms: number): string => (ms === Infinity ? 'any time' : `at most ${durationText(ms)}`);
    return `${time(is)}${what.replace('milliseconds', '')}, ${time(was)} before`;
  }
  if (what.startsWith('percent')) {
    const share = (most: number): string => (most === Infinity ? 'any share' : `at most ${most} %`);
    return `${share(is)}${what.replace('percent', '')}, ${share(was)} before`;
  }
  const most = (count: number): string => (count === Infinity ? 'any number of' : `at most ${count}`);
  return `${most(is)} ${what}, ${was === Infinity ? 'any number' : was} before`;
}

function percent(share: number): string {
  return share === 0 ? 'none' : `${Number((share * 100).toFixed(2))}%`;
}
