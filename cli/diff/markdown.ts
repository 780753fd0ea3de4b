import { shownAsIs } from '../formats/as-is.js';
import { count } from '../terminal.js';
import {
  agreedWords,
  causeWords,
  countWords,
  type DiffReport,
  idleWords,
  pathWords,
  type ReportedChange,
  type ReportGroup,
  recordWords,
  reportGroupOf,
  standingChange,
  whyWords,
} from './report.js';

/** A comment of a forge is at most 65,536 characters long. */
const LONGEST = 60_000;
/** Lines about records and acknowledgements, which are no acts. */
const MOST_NOTES = 10;

/**
 * One comment for a pull request. What a reviewer has to decide comes first: what runs without a person. It names the head it
 * is about, so that it cannot be taken for a later one.
 */
export function diffMarkdown(report: DiffReport): string {
  const of = (group: ReportGroup): readonly ReportedChange[] =>
    report.changes.filter((change) => reportGroupOf(change) === group);
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
  add(
    of('acknowledged'),
    '**Acknowledged**',
    (change) =>
      `- ${actOf(change)}: ${shownAsIs(whyWords(change))}${change.acknowledged ? ` Acknowledged ${shownAsIs(agreedWords(change.acknowledged))}` : ''}`,
  );
  add(less, `**Less than before**`, (change) => `- ${actOf(change)}: ${shownAsIs(whyWords(change))}`);
  const notes = [...recordWords(report.records), ...report.idle.map(idleWords)].map((words) => `- ${shownAsIs(words)}`);
  const shown = notes.filter((note, index) => {
    length += note.length;
    return index < MOST_NOTES && length <= LONGEST;
  });
  if (shown.length < notes.length) shown.push(`- …and ${notes.length - shown.length} more.`);
  if (notes.length > 0) parts.push('**Records and acknowledgements**', shown.join('\n'));
  return `${parts.join('\n\n')}\n`;
}

function titleOf({ changes }: DiffReport, alone: number, gated: number, word: number): string {
  const broken = changes.filter(({ violates }) => violates).length;
  const policy = broken > 0 ? `, ${broken} against the policy` : '';
  if (alone > 0) return `Authorization boundary: ${count(alone, 'act')} may do more without a person${policy}`;
  if (gated > 0) return `Authorization boundary: ${count(gated, 'act')} may do more, with a person${policy}`;
  if (word > 0)
    return `Authorization boundary: ${count(word, 'new use')} of tools that their catalog says only read or record`;
  if (changes.some((change) => change.acknowledged))
    return 'Authorization boundary: nothing may do more than is acknowledged';
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
    ...(change.proposed
      ? ['  - It is acknowledged in the head only, where that does not count: it has to be in the base.']
      : []),
    ...(change.fingerprint !== undefined && !change.violates ? [`  - Change: \`${change.fingerprint}\``] : []),
  ];
  return lines.join('\n');
}
