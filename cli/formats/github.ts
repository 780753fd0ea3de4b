import type { Problem, Severity } from '../../language/index.js';
import type { CheckedText, CheckRun } from '../check-files.js';
import { shownPath } from '../files.js';
import { summarize } from './text.js';
import { type AnnotationKind, annotation } from './workflow-command.js';

const COMMANDS: { readonly [S in Severity]: AnnotationKind } = {
  error: 'error',
  warning: 'warning',
  information: 'notice',
};

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
  return annotation(COMMANDS[severity], properties, message);
}
