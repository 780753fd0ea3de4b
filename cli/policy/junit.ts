import { escaped, suite, suites, testCase } from '../junit.js';
import { failureWords, PART_WORDS, type PolicyTestReport } from './report.js';

/**
 * For the test reports of CI: the elements of JUnit's XML that all of them read. A file with errors is a test that could not
 * run; too little coverage is a failed test.
 */
export function junitOf({ files, coverage, least }: PolicyTestReport): string {
  return suites([
    ...files.map((file) => {
      const cases = file.tests.map(({ title, line, failures }) =>
        testCase(
          file.file,
          title,
          line,
          failures.map(
            (one) =>
              `<failure message="${escaped(failureWords(one))}">${escaped([
                `${one.file}:${one.line}: ${failureWords(one)}`,
                `because: ${one.because}`,
                ...one.decidedBy.map((by) => `${by.file}:${by.line}: ${by.what}`),
              ])}</failure>`,
          ),
        ),
      );
      const errors = file.problems
        .filter(({ severity }) => severity === 'error')
        .map(({ message, range }) =>
          testCase(file.file, 'the file can be read', file.lines.positionAt(range.start).line + 1, [
            `<error message="${escaped(message)}"/>`,
          ]),
        );
      return suite(file.file, [...errors, ...cases]);
    }),
    ...coverage.map(({ policy, percent, missing }) => {
      const lines = missing.map(({ kind, name, line }) => `${policy}:${line}: the ${PART_WORDS[kind]} ${name}`);
      const message = `${percent}% of the policy is exercised, of ${least}% that are wanted`;
      const failure = `<failure message="${escaped(message)}">${escaped(lines)}</failure>`;
      return suite(policy, [testCase(policy, 'coverage', 1, percent < least ? [failure] : [])]);
    }),
  ]);
}
