import type { Failure } from './compare.js';
import type { PolicyPart } from './coverage.js';

/** What is not as expected, as a clause: `outcome is denied (on dc-01), expected allowed`. */
export function failureWords({
  of,
  expected,
  actual,
  where,
}: Pick<Failure, 'of' | 'expected' | 'actual' | 'where'>): string {
  const what = of === 'approvers' ? 'approvers are' : `${of} is`;
  return `${what} ${actual}${where === '' ? '' : ` (${where})`}, expected ${expected}`;
}

/** Names for what tests do not exercise. */
export const PART_WORDS: { readonly [K in PolicyPart['kind']]: string } = {
  ceiling: 'ceiling for',
  role: 'role',
  'always-gate': 'always-gate of',
  forbid: 'forbid of',
  tag: 'tag',
};
