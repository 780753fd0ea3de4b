import type { CellVerdict } from '../cell.js';
import { type Compared, clause, type Difference } from './difference.js';
import { type ActFacts, REACHES } from './facts.js';
import { compareApprovals } from './order-approvals.js';
import { compareBounds } from './order-bounds.js';
import { compareCircumstances } from './order-conditions.js';

/** How an act stands to the same act before. */
export type ChangeClass = 'widened' | 'narrowed' | 'unchanged' | 'incomparable';

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
      return 'its tool only reads or records, on the word of a catalog that changed, so nobody is asked';
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
