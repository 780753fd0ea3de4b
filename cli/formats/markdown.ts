import type { Problem } from '../../language/index.js';
import { visible } from '../../runner/index.js';
import type { CheckedText, CheckRun } from '../check-files.js';
import { shownPath } from '../files.js';
import { count } from '../terminal.js';

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

/**
 * Text that shows as it is: it neither ends a cell nor becomes markup, a link, an image or a mention. Numeric references
 * work inside tables, where a backslash before `|` is taken away before anything else is read. GitHub looks for mentions
 * in what was rendered, so a comment has to stand behind an `@` or `#`.
 */
function shownAsIs(text: string): string {
  return visible(text)
    .replace(/[&<>|`*_[\]()\\!~$^]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/(?<=\b(?:https?|ftp|mailto|www))([:.])/gi, (separator) => `&#${separator.charCodeAt(0)};`)
    .replace(/(?<!&)[@#]/g, '$&<!-- -->')
    .replace(/[\r\n\t ]+/g, ' ')
    .trim();
}
