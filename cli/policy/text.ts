import { failureWords, PART_WORDS } from '../../runner/policy-test/words.js';
import { describe } from '../formats/text.js';
import { count, plain, type Terminal } from '../terminal.js';
import type { PolicyTestReport, ReportedCoverage, ReportedTest } from './report.js';

/** For people: every test, what is not as expected with what decided, and what no test exercises. */
export function textOf(report: PolicyTestReport, terminal: Pick<Terminal, 'paint'>): string {
  const { paint } = terminal;
  const files = report.files.map((file) => {
    const problems = file.problems.map((problem) => describe({ ...file, file: file.path }, problem, terminal)).join('');
    const isBroken = file.problems.some(({ severity }) => severity === 'error');
    const note = isBroken ? 'These tests have errors, so they are not run.\n' : '';
    return `${paint('bold', plain(file.file))}\n${problems}${note}${file.tests.map((test) => testText(test, terminal)).join('')}\n`;
  });
  return `${files.join('')}${report.coverage.map((one) => coverageText(one, report.least, terminal)).join('')}${summaryText(report, terminal)}`;
}

function testText({ title, failures }: ReportedTest, { paint }: Pick<Terminal, 'paint'>): string {
  if (failures.length === 0) return `  ${paint('green', '✓')} ${plain(title)}\n`;
  const lines = failures.flatMap((failure) => [
    `    ${plain(failure.file)}:${failure.line}  ${plain(failureWords(failure))}`,
    `      ${paint('dim', `because: ${plain(failure.because)}`)}`,
    ...failure.decidedBy.map(({ what, file, line }) => `      ${plain(file)}:${line}  ${paint('dim', plain(what))}`),
  ]);
  return `  ${paint('red', '✗')} ${plain(title)}\n${lines.join('\n')}\n`;
}

function coverageText(
  { policy, exercised, parts, percent, missing, notHeld }: ReportedCoverage,
  least: number,
  { paint }: Pick<Terminal, 'paint'>,
): string {
  const wanted = percent < least ? paint('red', `, of ${least}% that are wanted`) : '';
  const head = `${plain(policy)}: ${exercised} of ${count(parts, 'part')} exercised (${percent}%)${wanted}\n`;
  const listed = (parts: typeof missing, what: string): string =>
    parts
      .map((one) => `  ${plain(policy)}:${one.line}  ${what} the ${PART_WORDS[one.kind]} ${plain(one.name)}\n`)
      .join('');
  return `${head}${listed(missing, 'no test exercises')}${listed(notHeld, 'no test would fail without')}`;
}

function summaryText({ summary, passed }: PolicyTestReport, { paint }: Pick<Terminal, 'paint'>): string {
  const { tests, failed, errors } = summary;
  const broken = errors > 0 ? `, ${count(errors, 'error')} in the files` : '';
  const mark = passed ? paint('green', '✓') : paint('red', '✗');
  return `${mark} ${count(tests, 'test')}: ${tests - failed} as expected, ${failed} not${broken}\n`;
}
