import { type ReviewGroup, reviewGroupOf } from '../../language/index.js';
import { shownAsIs } from '../formats/as-is.js';
import { count } from '../terminal.js';
import {
  causeWords,
  countWords,
  type DiffReport,
  pathWords,
  type ReportedChange,
  standingChange,
  whyWords,
} from './report.js';

/** A comment of a forge is at most 65,536 characters long. */
const LONGEST = 60_000;

/**
 * One comment for a pull request. What a reviewer has to decide comes first: what runs without a person. It names the head it
 * is about, so that it cannot be taken for a later one.
 */
export function diffMarkdown(report: DiffReport): string {
  const of = (group: ReviewGroup): readonly ReportedChange[] =>
    report.changes.filter((change) => reviewGroupOf(change) === group);
  const [alone, gated, word, less] = [of('alone'), of('with a person'), of('on a catalog’s word'), of('less')];
  const parts = [
    `### ${titleOf(report, alone.length, gated.length, word.length)}`,
    `Head: \`${shownAsIs(report.head)}\`. Base: \`${shownAsIs(report.base)}\`. ${countWords(report)}.`,
    alone.length === 0 ? '**Without a person:** nothing more than before.' : '**Without a person**',
  ];
  let length = parts.join('').length;
  const add = (
    changes: readonly ReportedChange[],
    title: string | undefined,
    show: (change: ReportedChange) => string,
  ): void => {
    if (changes.length === 0) return;
    const items: string[] = [];
    for (const change of changes) {
      const item = show(change);
      length += item.length;
      if (length > LONGEST) break;
      items.push(item);
    }
    const left = changes.length - items.length;
    if (left > 0) items.push(`- …and ${count(left, 'more change')}; \`countersign diff\` tells of all.`);
    parts.push(...(title === undefined ? [] : [title]), items.join('\n'));
  };
  add(alone, undefined, itemOf);
  add(gated, '**With a person**', itemOf);
  add(
    word,
    '**New, and only reads or records on the word of its catalog**',
    (change) => `- ${actOf(change)}. Path: ${shownAsIs(pathWords(change))}`,
  );
  add(less, `**Less than before**`, (change) => `- ${actOf(change)}: ${shownAsIs(whyWords(change))}`);
  return `${parts.join('\n\n')}\n`;
}

function titleOf({ changes }: DiffReport, alone: number, gated: number, word: number): string {
  const broken = changes.filter(({ violates }) => violates).length;
  const policy = broken > 0 ? `, ${broken} against the policy` : '';
  if (alone > 0) return `Authorization boundary: ${count(alone, 'act')} may do more without a person${policy}`;
  if (gated > 0) return `Authorization boundary: ${count(gated, 'act')} may do more, with a person${policy}`;
  if (word > 0)
    return `Authorization boundary: ${count(word, 'new use')} of tools that their catalog says only read or record`;
  return changes.length > 0
    ? 'Authorization boundary: nothing may do more than before'
    : 'Authorization boundary: no change';
}

function actOf({ step, tool, playbook, file, after, before }: ReportedChange): string {
  const effect = (after ?? before)?.effect ?? 'unknown';
  return `**${shownAsIs(tool)}** (${effect}) at ${shownAsIs(step)}, ${shownAsIs(playbook)} (${shownAsIs(file)})`;
}

function itemOf(change: ReportedChange): string {
  const standing = standingChange(change);
  const lines = [
    `- ${actOf(change)}`,
    `  - Why: ${shownAsIs(whyWords(change))}`,
    ...(standing ? [`  - Before: ${shownAsIs(standing.before)}. Now: ${shownAsIs(standing.now)}.`] : []),
    `  - Cause: ${causeWords(change)}.${change.class === 'incomparable' ? ' It cannot be compared, which counts as more.' : ''}${change.violates ? ' **The policy of before the change does not allow it.**' : ''}`,
    `  - Path: ${shownAsIs(pathWords(change))}`,
  ];
  return lines.join('\n');
}
