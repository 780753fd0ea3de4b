import { type Clause, isAtMost, onlyIn } from './clause.js';
import type { Compared, Difference } from './difference.js';

/** How the circumstances under which two acts run differ. */
export function compareCircumstances({ base, head, say }: Compared): void {
  compareConditions(base.circumstances, head.circumstances, (direction, is, was) => {
    if (is === was) say('circumstances', direction, `it runs where ${is}, ${dataWords(direction)}`);
    else if (is === '') say('circumstances', direction, `it runs also without ${was}`);
    else say('circumstances', direction, `it runs where ${is}${was === '' ? ' only' : `, where ${was} before`}`);
  });
}

/** Of a condition that reads as before: the data it reads is what changed. */
export function dataWords(direction: Difference['direction']): string {
  if (direction === 'other') return 'which lets something else through than before';
  return `which lets ${direction === 'wider' ? 'more' : 'less'} through than before`;
}

/** Tells how two conditions differ, if they do: which way, and the clauses that only one of them has. */
export function compareConditions(
  was: readonly Clause[],
  is: readonly Clause[],
  tell: (direction: Difference['direction'], is: string, was: string) => void,
): void {
  const [less, more] = [isAtMost(is, was), isAtMost(was, is)];
  if (less && more) return;
  tell(less ? 'narrower' : more ? 'wider' : 'other', written(onlyIn(is, was)), written(onlyIn(was, is)));
}

function written(clauses: readonly { readonly shown: string }[]): string {
  return clauses.map(({ shown }) => `"${shown}"`).join(' and ');
}
