import { count } from '../terminal.js';
import { type DiffReport, reportGroupOf } from './report.js';

/** The one sentence of a comparison: what needs no person first. */
export function titleOf({ changes }: DiffReport): string {
  const [alone, gated, word] = (['alone', 'with a person', 'on a catalog’s word'] as const).map(
    (group) => changes.filter((change) => reportGroupOf(change) === group).length,
  );
  const broken = changes.filter(({ violates }) => violates).length;
  const policy = broken > 0 ? `, ${broken} against the policy` : '';
  if (alone) return `Authorization boundary: ${count(alone, 'act')} may do more without a person${policy}`;
  if (gated) return `Authorization boundary: ${count(gated, 'act')} may do more, with a person${policy}`;
  if (word)
    return `Authorization boundary: ${count(word, 'new use')} of tools that their catalog says only read or record`;
  if (changes.some((change) => change.acknowledged))
    return 'Authorization boundary: nothing may do more than is acknowledged';
  return changes.length > 0
    ? 'Authorization boundary: nothing may do more than before'
    : 'Authorization boundary: no change';
}
