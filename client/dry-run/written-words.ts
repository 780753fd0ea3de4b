import type { NewCaseReply } from '../../runner/protocol/new-case.js';

/** What a person is told of a case that was written for them. */
export function writtenWords(
  name: string,
  { outcome, verdict, notes }: Extract<NewCaseReply, { readonly ok: true }>,
): string {
  const came = verdict === null ? '' : `, with the verdict "${verdict}"`;
  const [first] = notes;
  const more = notes.length > 1 ? ` (and ${notes.length - 1} more)` : '';
  const left = first === undefined ? '' : ` Not made up: ${first}${more}`;
  return `${name} is written. A dry run with it ends as ${outcome}${came}; all but the alert is made up, so change the answers to what your tools and people would say.${left}`;
}
