import type { Problem, Severity } from '../../language/index.js';
import { visible } from '../../runner/engine/visible.js';
import type { CheckedText, CheckRun } from '../check-files.js';
import { shownPath } from '../files.js';
import { summarize } from './text.js';

const COMMANDS: { readonly [S in Severity]: string } = { error: 'error', warning: 'warning', information: 'notice' };

/** Workflow commands of GitHub Actions: each problem becomes an annotation in the pull request. */
export function githubOf({ files, summary }: CheckRun): string {
  const commands = files.flatMap((file) => file.problems.map((problem) => command(file, problem)));
  return `${commands.join('')}${summarize(summary, { paint: (_, text) => text })}`;
}

function command({ file, lines }: CheckedText, { rule, severity, range, message }: Problem): string {
  const start = lines.positionAt(range.start);
  const end = lines.positionAt(range.end);
  // GitHub takes columns only for what is on one line.
  const columns =
    start.line === end.line
      ? { col: start.character + 1, endColumn: Math.max(end.character, start.character) + 1 }
      : {};
  const properties = { file: shownPath(file), line: start.line + 1, endLine: end.line + 1, ...columns, title: rule };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${COMMANDS[severity]} ${written.join(',')}::${escapeData(visible(message))}\n`;
}

/** As actions/toolkit escapes the words after the second `::`; the rest of the line is theirs. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property ends at a comma, or at the `::` before the words. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
