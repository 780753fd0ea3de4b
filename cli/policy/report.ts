import { type FileHost, indexLines, type LineIndex, type Problem, type Range } from '../../language/index.js';
import { pathOf } from '../../runner/node-files.js';
import type { Failure } from '../../runner/policy-test/compare.js';
import { type PolicyPart, percentOf } from '../../runner/policy-test/coverage.js';
import type { PolicyTestRun } from '../../runner/policy-test/run-policy-tests.js';
import { shownPath } from '../files.js';

/** A place in a file, for people and machines: lines from 1. */
export interface ReportedPlace {
  readonly file: string;
  readonly line: number;
}

/** What a run of tests found, for whatever form it is shown in. */
export interface PolicyTestReport {
  readonly files: readonly ReportedFile[];
  readonly coverage: readonly ReportedCoverage[];
  readonly summary: {
    readonly files: number;
    readonly tests: number;
    readonly failed: number;
    /** Errors in the files of tests. */
    readonly errors: number;
  };
  /** Hundredths of each policy that must be exercised. */
  readonly least: number;
  readonly passed: boolean;
}

export interface ReportedFile {
  /** Absolute path, as it is shown, and what is in it. */
  readonly path: string;
  readonly file: string;
  readonly text: string;
  readonly lines: LineIndex;
  readonly id: string;
  readonly problems: readonly Problem[];
  readonly tests: readonly ReportedTest[];
}

export interface ReportedTest {
  readonly title: string;
  readonly line: number;
  readonly failures: readonly ReportedFailure[];
}

export type ReportedFailure = Pick<Failure, 'of' | 'expected' | 'actual' | 'where' | 'because'> &
  ReportedPlace & { readonly decidedBy: readonly ({ readonly what: string } & ReportedPlace)[] };

export interface ReportedCoverage {
  readonly policy: string;
  readonly exercised: number;
  readonly parts: number;
  readonly percent: number;
  readonly missing: readonly ReportedPart[];
  /** Exercised, and no test would fail without it. */
  readonly notHeld: readonly ReportedPart[];
}

export type ReportedPart = Pick<PolicyPart, 'kind' | 'name'> & { readonly line: number };

/** `host` has the texts of the files that places are in. */
export function reportOf({ files, policies }: PolicyTestRun, host: FileHost, least: number): PolicyTestReport {
  const kept = new Map<string, LineIndex>();
  const lineIn = (uri: string, { start }: Range): number => {
    const lines = kept.get(uri) ?? indexLines(host.read(uri) ?? '');
    kept.set(uri, lines);
    return lines.positionAt(start).line + 1;
  };
  const fileOf = (uri: string): string => {
    const path = pathOf(uri);
    return path === undefined ? uri : shownPath(path);
  };
  const reported = files.map(({ loaded, results }): ReportedFile => {
    const { uri, text, lines, test, problems } = loaded;
    const line = (range: Range): number => lines.positionAt(range.start).line + 1;
    return {
      path: pathOf(uri) ?? uri,
      file: fileOf(uri),
      text,
      lines,
      id: test.id?.value ?? '',
      problems,
      tests: results.map(({ test: { title }, failures }) => ({
        title: title.value,
        line: line(title.range),
        failures: failures.map(({ range, decidedBy, of, expected, actual, where, because }) => ({
          of,
          expected,
          actual,
          where,
          because,
          file: fileOf(uri),
          line: line(range),
          decidedBy: decidedBy.map((one) => ({
            what: one.what,
            file: fileOf(one.uri),
            line: one.uri === uri ? line(one.range) : lineIn(one.uri, one.range),
          })),
        })),
      })),
    };
  });
  const coverage = policies.map(({ policy, parts }): ReportedCoverage => {
    const missing = parts.filter((part) => !part.exercised);
    const partOf = ({ kind, name, range }: PolicyPart): ReportedPart => ({
      kind,
      name,
      line: lineIn(policy.uri, range),
    });
    return {
      policy: fileOf(policy.uri),
      exercised: parts.length - missing.length,
      parts: parts.length,
      percent: percentOf(parts),
      missing: missing.map(partOf),
      notHeld: parts.filter((part) => part.exercised && !part.held).map(partOf),
    };
  });
  const tests = reported.flatMap((file) => file.tests);
  const failed = tests.filter(({ failures }) => failures.length > 0).length;
  const errors = reported.flatMap((file) => file.problems).filter(({ severity }) => severity === 'error').length;
  const passed = failed === 0 && errors === 0 && coverage.every(({ percent }) => percent >= least);
  return {
    files: reported,
    coverage,
    summary: { files: reported.length, tests: tests.length, failed, errors },
    least,
    passed,
  };
}
