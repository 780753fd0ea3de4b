import { diffMarkdown } from '../diff/markdown.js';
import type { Fault } from '../diff/outcome.js';
import type { DiffReport } from '../diff/report.js';
import { shownAsIs } from '../formats/as-is.js';
import type { Commented } from './comment.js';
import type { Pull } from './event.js';

/** A job summary has at most 1 MiB; a character takes at most three bytes of it for each unit of UTF-16. */
const LONGEST = 300_000;

/** What came of the comment, for a person; empty where there is nothing to add. */
export function commentWords(commented: Commented, pull: Pull): string {
  switch (commented.kind) {
    case 'created':
    case 'updated':
    case 'as it was':
    case 'none':
      return '';
    case 'outdated':
      return `The pull request has moved on to ${commented.head.slice(0, 12)} meanwhile, so this is not in its comment.`;
    case 'refused':
      return pull.fork
        ? `No comment was written: on a pull request from another repository the token can only read (${commented.why}).`
        : `No comment was written: the token may not (${commented.why}). Give the job "permissions: { contents: read, pull-requests: write }".`;
    case 'failed':
      return `No comment was written: ${commented.why}.`;
  }
}

/** The page of the step: the comparison as in the comment, but longer, and what there is to know of the check itself. */
export function summaryOf(
  report: DiffReport,
  linkTo: (file: string, line: number) => string,
  {
    failed,
    faults,
    said,
  }: { readonly failed: Fault | undefined; readonly faults: readonly Fault[]; readonly said: string },
): string {
  const left = failed === undefined ? faults : [];
  const notes = [
    ...(failed === undefined ? [] : [`The check fails: ${failed}.`]),
    ...(left.length > 0
      ? [`The check passes although something is ${left.join(' and ')}: its input "fail-on" says so.`]
      : []),
    ...(said === '' ? [] : [said]),
  ];
  return `${diffMarkdown(report, { longest: LONGEST, linkTo })}${notes.map((note) => `\n${shownAsIs(note)}\n`).join('')}`;
}
