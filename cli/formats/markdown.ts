import type { Problem } from '../../language/index.js';
import type { CheckedText, CheckRun } from '../check-files.js';
import { shownPath } from '../files.js';
import { count } from '../terminal.js';
import { shownAsIs } from './as-is.js';

/** A comment for a pull request: how it went, and a table of problems for each file that has any. */
export function markdownOf({ files, summary }: CheckRun): string {
  const { errors, warnings, suppressed } = summary;
  const accepted = suppressed > 0 ? ` ${suppressed} suppressed.` : '';
  const head =
    errors === 0 && warnings === 0
      ? `**Countersign:** ${count(summary.files, 'file')} checked, no problems.${accepted}`
      : `**Countersign:** ${count(summary.files, 'file')} checked: ${count(errors, 'error')}, ${count(warnings, 'warning')}.${accepted}`;
  const tables = files.filter(({ problems }) => problems.length > 0).map(table);
  return `${[head, ...tables].join('\n\n')}\n`;
}

function table(file: CheckedText): string {
  const rows = file.problems.map((problem) => row(file, problem));
  const head = ['| line | severity | problem | rule |', '| ---: | --- | --- | --- |'];
  return `#### ${shownAsIs(shownPath(file.file))}\n\n${[...head, ...rows].join('\n')}`;
}

function row({ lines }: CheckedText, { range, severity, message, rule }: Problem): string {
  return `| ${lines.positionAt(range.start).line + 1} | ${severity} | ${shownAsIs(message)} | ${rule} |`;
}
