import type { Problem, Severity } from '../../language/index.js';
import type { CheckedText, CheckRun } from '../check-files.js';
import { shownPath } from '../files.js';

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

/** For programs. The form is part of the command's interface: members are added, never changed. */
export function jsonOf({ files, summary }: CheckRun): string {
  const problems = files.flatMap((file) => file.problems.map((problem) => reported(file, problem)));
  return `${JSON.stringify({ version: 1, problems, summary }, null, 2)}\n`;
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
