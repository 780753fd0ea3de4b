import type { Problem, Severity } from '../../language/index.js';
import type { CheckedText, CheckRun, CheckSummary } from '../check-files.js';
import { shownPath } from '../files.js';
import { type Colour, count, plain, type Terminal } from '../terminal.js';

/** For people: each problem with the line it is in, and how it went altogether. */
export function textOf({ files, summary }: CheckRun, terminal: Pick<Terminal, 'paint'>): string {
  const problems = files.flatMap((file) => file.problems.map((problem) => describe(file, problem, terminal)));
  return problems.join('') + summarize(summary, terminal);
}

const COLOURS: { readonly [S in Severity]: Colour } = { error: 'red', warning: 'yellow', information: 'cyan' };

/** A problem for people: where, what, and the words it is about, underlined. */
export function describe(
  { file, text, lines }: Pick<CheckedText, 'file' | 'text' | 'lines'>,
  problem: Problem,
  { paint }: Pick<Terminal, 'paint'>,
): string {
  const start = lines.positionAt(problem.range.start);
  const place = paint('bold', `${plain(shownPath(file))}:${start.line + 1}:${start.character + 1}`);
  const severity = paint(COLOURS[problem.severity], problem.severity);
  const head = `${place}  ${severity}  ${plain(problem.message)}  ${paint('dim', problem.rule)}\n`;
  const line = lines.lineRange(start.line);
  const source = text.slice(line.start, Math.min(line.end, line.start + 400));
  if (source.trim() === '' || start.character >= source.length) return head;
  const before = plain(source.slice(0, start.character).replace(/\t/g, ' '));
  const words = plain(source.slice(start.character, Math.max(start.character + 1, problem.range.end - line.start)));
  const number = String(start.line + 1);
  return `${head}  ${paint('dim', `${number} │`)} ${plain(source.replace(/\t/g, ' '))}\n  ${' '.repeat(number.length)} ${paint('dim', '│')} ${' '.repeat(before.length)}${paint('red', '^'.repeat(Math.max(1, words.length)))}\n`;
}

/** How a check went, on one line. */
export function summarize(
  { files, errors, warnings, suppressed }: CheckSummary,
  { paint }: Pick<Terminal, 'paint'>,
): string {
  const checked = `${count(files, 'file')} checked`;
  const accepted = suppressed > 0 ? ` (${suppressed} suppressed)` : '';
  if (errors === 0 && warnings === 0) return `${paint('green', '✓')} ${checked}, no problems${accepted}\n`;
  return `${paint('red', '✗')} ${checked}: ${count(errors, 'error')}, ${count(warnings, 'warning')}${accepted}\n`;
}
