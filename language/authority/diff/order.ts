import { AUTONOMY_LEVELS } from '../../model/levels.js';
import type { CellVerdict } from '../cell.js';
import { durationText } from '../cell-facts.js';
import { type ApprovalFacts, isCoveredBy } from './approval-facts.js';
import { type Clause, isAtMost, onlyIn } from './clause.js';
import { type ActFacts, REACHES, type TaggedLimit } from './facts.js';

/** How an act stands to the same act before. */
export type ChangeClass = 'widened' | 'narrowed' | 'unchanged' | 'incomparable';

/** What acts are compared by. */
export type Dimension =
  | 'level'
  | 'approval'
  | 'bounds'
  | 'circumstances'
  | 'scope'
  | 'untrusted'
  | 'undo'
  | 'accountable'
  | 'tool'
  | 'verdict';

/** One way in which an act changed. */
export interface Difference {
  readonly dimension: Dimension;
  /** Whether the act may do more by it, less, or something else. */
  readonly direction: 'wider' | 'narrower' | 'other';
  /** A clause for people. */
  readonly words: string;
}

/**
 * How `head` differs from `base`, dimension by dimension. `undefined` is an act that is not there, or never runs: every act is
 * wider than that. The order is the product of those of the dimensions (docs/review.md).
 */
export function differencesOf(base: ActFacts | undefined, head: ActFacts | undefined): readonly Difference[] {
  if (!base || !head) return head ? [appeared(head)] : base ? [gone()] : [];
  const out: Difference[] = [];
  const compared: Compared = {
    base,
    head,
    say: (dimension, direction, words) => out.push({ dimension, direction, words }),
  };
  compareReach(compared);
  if (base.reach === 'approve' && head.reach === 'approve') compareApprovals(compared);
  compareBounds(compared);
  compareCircumstances(compared);
  compareScope(compared);
  compareRest(compared);
  if (out.length > 0 && base.cell.verdict === 'unknown' && head.cell.verdict === 'unknown')
    compared.say('verdict', 'other', 'neither what it may do now nor what it might before can be told');
  return out;
}

/** What differences amount to. */
export function classOf(differences: readonly Difference[]): ChangeClass {
  if (differences.length === 0) return 'unchanged';
  if (differences.every(({ direction }) => direction === 'wider')) return 'widened';
  return differences.every(({ direction }) => direction === 'narrower') ? 'narrowed' : 'incomparable';
}

/** Whether a change counts as one that lets the AI do more. */
export function countsAsWidened(change: ChangeClass): boolean {
  return change === 'widened' || change === 'incomparable';
}

interface Compared {
  readonly base: ActFacts;
  readonly head: ActFacts;
  readonly say: (dimension: Dimension, direction: Difference['direction'], words: string) => void;
}

function appeared({ cell, reach, unapproved }: ActFacts): Difference {
  const how =
    reach !== 'approve' || !unapproved
      ? reachWords(reach, cell.because)
      : cell.verdict === 'unknown'
        ? `what it may do cannot be told: ${clause(cell.because)}`
        : `a path leads to it without approval: ${clause(cell.because)}`;
  return { dimension: 'level', direction: 'wider', words: `it is new: ${how}` };
}

function gone(): Difference {
  return { dimension: 'level', direction: 'narrower', words: 'it is gone, or never runs any more' };
}

function reachWords(reach: ActFacts['reach'], because: string): string {
  switch (reach) {
    case 'free':
      return 'its tool counts as one that only reads or records, so nobody is asked';
    case 'autonomous':
      return 'it runs without a person';
    case 'notify':
      return 'it runs without a person, and people are told afterwards';
    case 'approve':
      return `it runs after approval (${clause(because)})`;
    case 'assist':
    case 'manual':
      return 'a person performs it';
  }
}

/** A sentence as a part of another one. */
function clause(sentence: string): string {
  const text = sentence.replace(/\.$/, '');
  return /^\w+\.\w/.test(text) ? text : `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}

function compareReach({ base, head, say }: Compared): void {
  const up = REACHES.indexOf(head.reach) - REACHES.indexOf(base.reach);
  if (up === 0) return;
  const free = 'counts as reading or recording';
  const name = ({ reach }: ActFacts): string => (reach === 'free' ? free : `at "${reach}"`);
  say(
    'level',
    up > 0 ? 'wider' : 'narrower',
    `${name(head)}, ${name(base)} before${up > 0 ? `: ${reachWords(head.reach, head.cell.because)}` : ''}`,
  );
}

function compareApprovals({ base, head, say }: Compared): void {
  if (head.unapproved && !base.unapproved)
    say(
      'approval',
      'wider',
      head.cell.verdict === 'unknown'
        ? `whether it is approved cannot be told: ${clause(head.cell.because)}`
        : `a path leads to it without approval: ${clause(head.cell.because)}`,
    );
  if (base.unapproved && !head.unapproved) say('approval', 'narrower', 'every path to it has an approval now');
  // Where no approval is needed on some path, those of other paths add nothing.
  const isNew = (approval: ApprovalFacts, others: readonly ApprovalFacts[]): boolean =>
    !others.some((other) => isCoveredBy(approval, other));
  const wider = base.unapproved ? [] : head.approvals.filter((approval) => isNew(approval, base.approvals));
  const narrower = head.unapproved ? [] : base.approvals.filter((approval) => isNew(approval, head.approvals));
  for (const approval of wider) {
    const before = nearest(approval, base.approvals);
    say('approval', 'wider', before ? easier(approval, before) : `the approval of "${approval.shown}" is enough now`);
  }
  for (const approval of narrower) {
    const after = nearest(approval, head.approvals);
    const words = after ? easier(approval, after, true) : `the approval of "${approval.shown}" is not enough any more`;
    say('approval', 'narrower', words);
  }
}

/** The approval of the same gate, or the only one there is. */
function nearest(approval: ApprovalFacts, others: readonly ApprovalFacts[]): ApprovalFacts | undefined {
  return others.find((other) => other.gate === approval.gate) ?? (others.length === 1 ? others[0] : undefined);
}

/** In what an approval is easier to get, or good for more, than another one. `back`: told from the other side. */
function easier(approval: ApprovalFacts, other: ApprovalFacts, back = false): string {
  const [is, was] = back ? [other, approval] : [approval, other];
  const words: string[] = [];
  const more = approval.people.filter((person) => !other.people.includes(person));
  if (more.length > 0) words.push(`${more.join(', ')} ${back ? 'may not approve it any more' : 'may approve it, too'}`);
  if (approval.quorum < other.quorum) words.push(`${people(is.quorum)} must approve it, ${was.quorum} before`);
  if (approval.expires > other.expires)
    words.push(`an approval is valid ${validity(is.expires)}, ${validity(was.expires)} before`);
  if (approval.uses > other.uses)
    words.push(`an approval is good for ${times(is.uses)}, ${is.uses === was.uses ? '' : was.uses} before`);
  const apart = other.apart.filter((gate) => !approval.apart.includes(gate));
  if (apart.length > 0)
    words.push(
      back
        ? `who approved at ${quoted(apart)} may not approve it any more`
        : `who approved at ${quoted(apart)} may approve it, too`,
    );
  return `at "${is.shown}" ${words.join('; ')}`;
}

function people(count: number): string {
  return count === 1 ? '1 person' : `${count} people`;
}

function times(count: number): string {
  return count === 1 ? '1 execution' : `${count} executions`;
}

function validity(ms: number): string {
  return ms === Infinity ? 'until the run ends' : `for ${durationText(ms)}`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(' and ');
}

function compareBounds({ base, head, say }: Compared): void {
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
  const most = (count: number): string => (count === Infinity ? 'any number of' : `at most ${count}`);
  return `${most(is)} ${what}, ${was === Infinity ? 'any number' : was} before`;
}

function percent(share: number): string {
  return share === 0 ? 'none' : `${Number((share * 100).toFixed(2))}%`;
}

function written(clauses: readonly { readonly shown: string }[]): string {
  return clauses.map(({ shown }) => `"${shown}"`).join(' and ');
}

function compareCircumstances({ base, head, say }: Compared): void {
  compareConditions(base.circumstances, head.circumstances, (direction, is, was) => {
    if (is === was) say('circumstances', direction, `it runs where ${is}, ${dataWords(direction)}`);
    else if (is === '') say('circumstances', direction, `it runs also without ${was}`);
    else say('circumstances', direction, `it runs where ${is}${was === '' ? ' only' : `, where ${was} before`}`);
  });
}

/** Of a condition that reads as before: the data it reads is what changed. */
function dataWords(direction: Difference['direction']): string {
  if (direction === 'other') return 'which lets something else through than before';
  return `which lets ${direction === 'wider' ? 'more' : 'less'} through than before`;
}

/** Tells how two conditions differ, if they do: which way, and the clauses that only one of them has. */
function compareConditions(
  was: readonly Clause[],
  is: readonly Clause[],
  tell: (direction: Difference['direction'], is: string, was: string) => void,
): void {
  const [less, more] = [isAtMost(is, was), isAtMost(was, is)];
  if (less && more) return;
  tell(less ? 'narrower' : more ? 'wider' : 'other', written(onlyIn(is, was)), written(onlyIn(was, is)));
}

function compareScope({ base, head, say }: Compared): void {
  const [was, is] = [new Map(base.scope), new Map(head.scope)];
  for (const what of new Set([...was.keys(), ...is.keys()])) {
    if (was.get(what) === is.get(what)) continue;
    const now = is.get(what);
    const words =
      head.tool === '*'
        ? 'it changed where it cannot be told what it may do'
        : what === ''
          ? `it acts on ${head.cell.scope}, on ${base.cell.scope} before`
          : what.startsWith('result of ')
            ? `what it is given comes from other calls: ${what.replace('result of ', '')}`
            : what.startsWith('loop ')
              ? 'it is done for another list'
              : now === undefined
                ? `the argument "${what}" is not given any more`
                : was.has(what)
                  ? `the argument "${what}" is another one`
                  : `the argument "${what}" is new`;
    say('scope', 'other', words);
  }
}

const VERDICTS: readonly CellVerdict[] = ['proven', 'runtime', 'violated', 'unknown'];

function compareRest({ base, head, say }: Compared): void {
  const values = (one: ActFacts, other: ActFacts): string =>
    [...one.untrusted]
      .filter(([value]) => !other.untrusted.has(value))
      .map(([, shown]) => shown)
      .join(', ');
  const [more, fewer] = [values(head, base), values(base, head)];
  if (more !== '') say('untrusted', 'wider', `untrusted values reach its arguments: ${more}`);
  if (fewer !== '') say('untrusted', 'narrower', `untrusted values do not reach its arguments any more: ${fewer}`);

  if (base.undo !== head.undo) {
    if (head.undo === null) say('undo', 'wider', `nothing undoes it, ${base.undo} did before`);
    else if (base.undo === null) say('undo', 'narrower', `${head.undo} undoes it now`);
    else say('undo', 'other', `${head.undo} undoes it, ${base.undo} before`);
  }
  if (base.reversible !== head.reversible)
    say(
      'undo',
      head.reversible ? 'narrower' : 'wider',
      head.reversible ? 'it can be undone now' : 'it cannot be undone any more',
    );
  if (base.accountable !== head.accountable) {
    if (head.accountable === null) say('accountable', 'wider', `nobody answers for it, ${base.accountable} did before`);
    else if (base.accountable === null) say('accountable', 'narrower', `${head.accountable} answers for it now`);
    else say('accountable', 'other', `${head.accountable} answers for it, ${base.accountable} before`);
  }
  if (base.target !== head.target)
    say('tool', 'other', `${targetWords(head)} says what it acts on, ${targetWords(base)} before`);
  if (base.backend !== head.backend)
    say('tool', 'other', `it is answered by ${head.backend}, by ${base.backend} before`);
  if (base.cell.effect !== head.cell.effect && base.reach === head.reach)
    say('tool', 'other', `its catalog calls it ${head.cell.effect}, ${base.cell.effect} before`);

  compareVerdicts(base, head, say);
}

/**
 * A verdict says whether an act has what its level asks, so verdicts are compared at one level. What cannot be told on one side
 * only is no less than anything else.
 */
function compareVerdicts(base: ActFacts, head: ActFacts, say: Compared['say']): void {
  const [was, is] = [base.cell.verdict, head.cell.verdict];
  const words = `${verdictWords(is)}: ${clause(head.cell.because)}`;
  if (base.reach !== head.reach) {
    if ((was === 'unknown') !== (is === 'unknown')) say('verdict', 'other', words);
    return;
  }
  // At level "approve" the approvals tell.
  if (base.reach === 'approve' && base.unapproved !== head.unapproved) return;
  const up = VERDICTS.indexOf(is) - VERDICTS.indexOf(was);
  if (up !== 0) say('verdict', up > 0 ? 'wider' : 'narrower', words);
}

function targetWords({ target }: ActFacts): string {
  return target === null ? 'no input' : `its input "${target}"`;
}

function verdictWords(verdict: CellVerdict): string {
  switch (verdict) {
    case 'proven':
      return 'it is proven now';
    case 'runtime':
      return 'a part of it only the run can check';
    case 'violated':
      return 'it is violated';
    case 'unknown':
      return 'it cannot be told';
  }
}
