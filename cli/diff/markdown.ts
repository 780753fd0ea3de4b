import { shownAsIs } from '../formats/as-is.js';
import { count } from '../terminal.js';
import { type ToldOnce, toldOnce } from './called.js';
import {
  agreedWords,
  causeWords,
  countWords,
  type DiffReport,
  fileOf,
  idleWords,
  isOpen,
  lineOf,
  pathWords,
  type ReportedChange,
  type ReportGroup,
  recordWords,
  reportGroupOf,
  standingChange,
  whyWords,
} from './report.js';
import { titleOf } from './title.js';

/** A comment of a forge is at most 65,536 characters long. */
const LONGEST = 60_000;
/** Lines about records and acknowledgements, which are no acts. */
const MOST_NOTES = 10;
/** A name or sentence takes no more room than this: nobody hides the other acts behind one that goes on for pages. */
const LONGEST_NAME = 200;
const LONGEST_WORDS = 1_500;
/** Steps of a path that is not folded away. */
const MOST_STEPS = 20;
/** Acts that share a reason, by name. */
const MOST_ALIKE = 25;
/** Playbooks that call an act, by name. */
const MOST_CALLERS = 5;

export interface MarkdownOptions {
  /** In UTF-16 units; what is beyond is counted. */
  readonly longest?: number;
  /** The address of a line of a file of HEAD. */
  readonly linkTo?: (file: string, line: number) => string;
}

/**
 * One comment for a pull request. What a reviewer has to decide comes first: what runs without a person, with the path that
 * shows it. What is only looked up, paths of other acts and fingerprints, is folded away behind. It names the head it is
 * about, so that it cannot be taken for a later one.
 */
export function diffMarkdown(report: DiffReport, { longest = LONGEST, linkTo }: MarkdownOptions = {}): string {
  const of = (group: ReportGroup): readonly ToldOnce[] =>
    toldOnce(report.changes.filter((change) => reportGroupOf(change) === group));
  const act = (change: ReportedChange): string => actOf(change, report, linkTo);
  const notes = notesOf(report);
  const parts = [
    `### ${titleOf(report)}`,
    `Head: \`${shownAsIs(report.head)}\`. Base: \`${shownAsIs(report.base)}\`. ${countWords(report)}.`,
  ];
  let left = longest - [...parts, ...notes].join('').length;
  /** As many items as there is room for; of the others the number. */
  const fitting = <T>(some: readonly T[], show: (one: T) => string, sizeOf: (one: T) => number = () => 1): string => {
    const items: string[] = [];
    for (const one of some) {
      const item = show(one);
      left -= item.length + 1;
      if (left < 0) break;
      items.push(item);
    }
    const rest = some.slice(items.length).reduce((sum, one) => sum + sizeOf(one), 0);
    if (rest > 0) items.push(`- …and ${count(rest, 'more change')}; \`countersign diff\` tells of all.`);
    return items.join('\n');
  };
  const section = (title: string, some: readonly ToldOnce[], show: (one: ToldOnce) => string): void => {
    if (some.length > 0) parts.push(title, fitting(some, show, sizeOf));
  };
  const byWords = (title: string, some: readonly ToldOnce[]): void => {
    const size = (alike: readonly ToldOnce[]): number => alike.reduce((sum, one) => sum + sizeOf(one), 0);
    if (some.length > 0)
      parts.push(
        title,
        fitting(bySameWords(some), (alike) => shortItem(alike, act), size),
      );
  };

  const [alone, gated, word] = [of('alone'), of('with a person'), of('on a catalog’s word')];
  if (alone.length === 0) parts.push('**Without a person:** nothing more than before.');
  section('**Without a person**', alone, (one) => wholeItem(one, act(one.change)));
  byWords('**With a person**', gated);
  section('**New, and only reads or records on the word of its catalog**', word, ({ change }) => `- ${act(change)}`);
  section(
    '**Acknowledged**',
    of('acknowledged'),
    ({ change }) =>
      `- ${act(change)}: ${said(whyWords(change))}${change.acknowledged ? ` Acknowledged ${said(agreedWords(change.acknowledged))}` : ''}`,
  );
  byWords('**Less than before**', of('less'));
  if (notes.length > 0) parts.push('**Records and acknowledgements**', notes.join('\n'));
  const folded = report.changes.filter(isOpen);
  if (folded.length > 0 && left > 0)
    parts.push(
      '<details><summary>Paths, and fingerprints to acknowledge</summary>',
      fitting(folded, foldedItem),
      'To agree to a change before it is merged, the owners of the policy add its fingerprint to `acknowledged` there, in a change of its own. What is against the policy cannot be acknowledged.',
      '</details>',
    );
  return `${parts.join('\n\n')}\n`;
}

/** What a change of records and acknowledgements asks for, a line each. */
function notesOf({ records, idle }: DiffReport): readonly string[] {
  const all = [...recordWords(records), ...idle.map(idleWords)];
  const shown = all.slice(0, MOST_NOTES).map((words) => `- ${said(words)}`);
  return all.length > MOST_NOTES ? [...shown, `- …and ${all.length - MOST_NOTES} more.`] : shown;
}

/** Text as it is, and not too long. */
function said(text: string, most = LONGEST_WORDS): string {
  return shownAsIs(text.length <= most ? text : `${text.slice(0, most)}…`);
}

function named(text: string): string {
  return said(text, LONGEST_NAME);
}

/** `**edr.isolate** (contain) at isolate of contain-host, contain-host.playbook.yaml:72`. */
function actOf(change: ReportedChange, report: DiffReport, linkTo: MarkdownOptions['linkTo']): string {
  const { step, tool, playbook, after, before } = change;
  const [file, line] = [fileOf(change, report), lineOf(change, report)];
  const place = named(`${file}:${line}`);
  // What is gone stands in BASE, and its address would lead to something else.
  const linked = linkTo && after ? `[${place}](${linkTo(file, line)})` : place;
  const policy = change.violates ? '. **Against the policy**' : '';
  return `**${named(tool)}** (${(after ?? before)?.effect ?? 'unknown'}) at ${named(step)} of ${named(playbook)}, ${linked}${policy}`;
}

/** All that is to be decided about, with the path. */
function wholeItem({ change, callers }: ToldOnce, act: string): string {
  const standing = levelChange(change);
  const lines = [
    `- ${act}`,
    `  - Why: ${said(whyWords(change))}${incomparableWords(change)}`,
    ...(standing ? [`  - Before: ${said(standing.before)}. Now: ${said(standing.now)}.`] : []),
    `  - Path: ${said(pathWords(change, MOST_STEPS))}`,
    `  - Cause: ${causeWords(change)}.${callerWords(callers)}`,
    ...proposedLines(change),
  ];
  return lines.join('\n');
}

/** Why, and what made it so, in one line; where several acts share it, with a line for each. */
function shortItem(some: readonly ToldOnce[], act: (change: ReportedChange) => string): string {
  const [one, ...others] = some;
  if (!one) return '';
  const why = reasonOf(one.change);
  if (others.length === 0)
    return [`- ${act(one.change)}: ${why}${callerWords(one.callers)}`, ...proposedLines(one.change)].join('\n');
  const rest = some.slice(MOST_ALIKE).reduce((sum, other) => sum + sizeOf(other), 0);
  const acts = some
    .slice(0, MOST_ALIKE)
    .flatMap(({ change, callers }) => [
      `  - ${act(change)}${callers.length > 0 ? `.${callerWords(callers)}` : ''}`,
      ...proposedLines(change).map((line) => `  ${line}`),
    ]);
  return [`- ${why}`, ...acts, ...(rest > 0 ? [`  - …and ${rest} more.`] : [])].join('\n');
}

/** How many changes are told at once. */
function sizeOf({ callers }: ToldOnce): number {
  return 1 + callers.length;
}

function reasonOf(change: ReportedChange): string {
  const standing = levelChange(change);
  const words = [
    `${said(whyWords(change))}${incomparableWords(change)}`,
    ...(standing ? [`Before: ${said(standing.before)}. Now: ${said(standing.now)}.`] : []),
    `Cause: ${causeWords(change)}.`,
  ];
  return words.join(' ');
}

/** Acts that changed for the same reason, as a new holder of a role makes many, in the order of the first of each. */
function bySameWords(some: readonly ToldOnce[]): readonly (readonly ToldOnce[])[] {
  const alike = new Map<string, ToldOnce[]>();
  for (const one of some) {
    const key = reasonOf(one.change);
    const there = alike.get(key);
    if (there) there.push(one);
    else alike.set(key, [one]);
  }
  return [...alike.values()];
}

/** What is only looked up. */
function foldedItem(change: ReportedChange): string {
  const { step, tool, playbook, fingerprint, violates } = change;
  const print = fingerprint !== undefined && !violates ? `: \`${fingerprint}\`` : ', against the policy';
  return `- ${named(tool)} at ${named(step)} of ${named(playbook)}${print}\n  - ${said(pathWords(change, 100), 6_000)}`;
}

/** How the act stood and stands, where another level or none says it; all else is among the reasons. */
function levelChange(change: ReportedChange): ReturnType<typeof standingChange> {
  const { before, after } = change;
  const same = before && after && before.autonomy === after.autonomy && before.effect === after.effect;
  return same ? undefined : standingChange(change);
}

function incomparableWords(change: ReportedChange): string {
  return change.class === 'incomparable' ? ' It cannot be compared, which counts as more.' : '';
}

function callerWords(callers: readonly ReportedChange[]): string {
  const names = [...new Set(callers.map(({ playbook, step }) => `${playbook} (${step})`))];
  if (names.length === 0) return '';
  const rest = names.length > MOST_CALLERS ? ` and ${names.length - MOST_CALLERS} more` : '';
  return ` Called in ${names.slice(0, MOST_CALLERS).map(named).join(', ')}${rest} as well.`;
}

function proposedLines({ proposed }: ReportedChange): readonly string[] {
  return proposed
    ? ['  - It is acknowledged in the head only, where that does not count: it has to be in the base.']
    : [];
}
