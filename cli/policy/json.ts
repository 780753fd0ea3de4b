import type { PolicyTestReport } from './report.js';

/** For programs. The form is part of the command's interface: members are added, never changed. */
export function jsonOf({ files, coverage, summary, least, passed }: PolicyTestReport): string {
  const reported = files.map(({ file, id, lines, problems, tests }) => ({
    file,
    id,
    problems: problems.map(({ rule, severity, message, range }) => ({
      line: lines.positionAt(range.start).line + 1,
      rule,
      severity,
      message,
    })),
    tests: tests.map(({ title, line, failures }) => ({ title, line, passed: failures.length === 0, failures })),
  }));
  return `${JSON.stringify({ version: 1, files: reported, coverage, minCoverage: least, summary, passed }, null, 2)}\n`;
}
