import { checkFile, indexLines, type LineIndex, type Problem, type Severity } from '../language/index.js';
import { nodeFiles, readText, type TextFault } from '../runner/index.js';
import { describeOptions, type OptionSpec, readArguments } from './arguments.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { findFiles, shownPath, uriOf } from './files.js';
import { count, plain, type Terminal } from './terminal.js';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'format', values: ['text', 'json'], help: 'For people, or for programs.' },
  { name: 'fail-on', values: ['error', 'warning'], help: 'What makes it exit with 1. Default: error.' },
];

export const CHECK_HELP = `countersign check [PATH…] [--format text|json] [--fail-on error|warning]

Checks playbooks, tool catalogs, policies and cases: files, or folders with everything in them (default: this folder).

${describeOptions(OPTIONS)}

Exit: 0 clean, 1 problems, 2 not understood, 3 nothing to check.
`;

/** One problem in the JSON form. Positions are zero-based, UTF-16. */
interface ReportedProblem {
  readonly file: string;
  readonly range: { readonly start: Position; readonly end: Position };
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly docs: string;
}

interface Position {
  readonly line: number;
  readonly character: number;
}

/** A file that was checked, with its problems in source order. */
interface CheckedText {
  readonly file: string;
  readonly text: string;
  readonly lines: LineIndex;
  readonly problems: readonly Problem[];
}

export function check(args: readonly string[], terminal: Terminal): ExitCode {
  const read = readArguments(args, OPTIONS);
  if (!read.ok) {
    terminal.err(`${read.message}\n\n${CHECK_HELP}`);
    return EXIT.usage;
  }
  if (read.help) {
    terminal.out(CHECK_HELP);
    return EXIT.ok;
  }
  const found = findFiles(read.paths.length > 0 ? read.paths : ['.']);
  if (!found.ok) {
    terminal.err(`${found.message}\n`);
    return found.usage ? EXIT.usage : EXIT.noInput;
  }
  const checked = found.files.map(checkText);
  const all = checked.flatMap((file) => file.problems);
  const summary = {
    files: checked.length,
    errors: all.filter((problem) => problem.severity === 'error').length,
    warnings: all.filter((problem) => problem.severity === 'warning').length,
  };
  if (read.options.format === 'json') {
    const problems = checked.flatMap((file) => file.problems.map((problem) => reported(file, problem)));
    terminal.out(`${JSON.stringify({ version: 1, problems, summary }, null, 2)}\n`);
  } else {
    for (const file of checked) for (const problem of file.problems) terminal.out(describe(file, problem, terminal));
    terminal.out(summarize(summary, terminal));
  }
  const fails = summary.errors > 0 || (read.options['fail-on'] === 'warning' && summary.warnings > 0);
  return fails ? EXIT.problems : EXIT.ok;
}

const ADVICE: { readonly [F in TextFault]: string } = {
  missing: 'Check the path.',
  'no-file': 'Name a file, or a folder with files in it.',
  'too-large': 'Split it.',
  unreadable: 'Make it readable, or leave it out.',
  'not-text': 'Check that it is the right file, saved as UTF-8.',
};

function checkText(file: string): CheckedText {
  const read = readText(file);
  if (read.ok) {
    const { problems } = checkFile(uriOf(file), read.text, nodeFiles());
    return { file, text: read.text, lines: indexLines(read.text), problems };
  }
  const problem: Problem = {
    rule: read.fault === 'too-large' ? 'file-too-large' : 'not-text',
    severity: 'error',
    range: { start: 0, end: 0 },
    message: `This file cannot be read: ${read.reason}. ${ADVICE[read.fault]}`,
    related: [],
    fixes: [],
  };
  return { file, text: '', lines: indexLines(''), problems: [problem] };
}

function reported({ file, lines }: CheckedText, { rule, severity, message, range }: Problem): ReportedProblem {
  return {
    file: shownPath(file),
    range: { start: lines.positionAt(range.start), end: lines.positionAt(range.end) },
    rule,
    severity,
    message,
    docs: `docs/rules/${rule}.md`,
  };
}

/** A problem for people: where, what, and the words it is about, underlined. */
export function describe(
  { file, text, lines }: Pick<CheckedText, 'file' | 'text' | 'lines'>,
  problem: Problem,
  { paint }: Pick<Terminal, 'paint'>,
): string {
  const start = lines.positionAt(problem.range.start);
  const place = paint('bold', `${plain(shownPath(file))}:${start.line + 1}:${start.character + 1}`);
  const severity = paint(problem.severity === 'error' ? 'red' : 'yellow', problem.severity);
  const head = `${place}  ${severity}  ${plain(problem.message)}  ${paint('dim', problem.rule)}\n`;
  const line = lines.lineRange(start.line);
  const source = text.slice(line.start, Math.min(line.end, line.start + 400));
  if (source.trim() === '' || start.character >= source.length) return head;
  const before = plain(source.slice(0, start.character).replace(/\t/g, ' '));
  const words = plain(source.slice(start.character, Math.max(start.character + 1, problem.range.end - line.start)));
  const number = String(start.line + 1);
  return `${head}  ${paint('dim', `${number} │`)} ${plain(source.replace(/\t/g, ' '))}\n  ${' '.repeat(number.length)} ${paint('dim', '│')} ${' '.repeat(before.length)}${paint('red', '^'.repeat(Math.max(1, words.length)))}\n`;
}

function summarize(
  { files, errors, warnings }: { readonly files: number; readonly errors: number; readonly warnings: number },
  { paint }: Terminal,
): string {
  const checked = `${count(files, 'file')} checked`;
  if (errors === 0 && warnings === 0) return `${paint('green', '✓')} ${checked}, no problems\n`;
  return `${paint('red', '✗')} ${checked}: ${count(errors, 'error')}, ${count(warnings, 'warning')}\n`;
}
