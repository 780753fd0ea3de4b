import {
  DeclarationCoverage,
  FileCoverage,
  type FileCoverageDetail,
  Location,
  Position,
  Range,
  StatementCoverage,
  type TestItem,
  TestMessage,
  type TestRun,
  Uri,
} from 'vscode';
import type { StepItem } from '../../server/protocol/requests.js';
import { visible } from '../viewer/events/visible.js';
import { addCounts, coverageOf, type StepCounter, type StepCounts } from './coverage.js';
import type { Judgement, Said } from './judge.js';

/** Of a message whose run left a trace; the manifest offers to open it. */
const TRACED = 'countersign.traced';

/** Puts what became of a test where VS Code shows it. */
export function reportTest(
  run: TestRun,
  item: TestItem,
  judgement: Judgement,
  traced: boolean,
  durationMs: number,
): void {
  const said = judgement.state === 'failed' || judgement.state === 'errored' ? judgement.said : [];
  const lines = [...said.map(({ message }) => message.replaceAll('\n', '\r\n  ')), ...judgement.output];
  run.appendOutput([visible(item.label), ...lines.map((line) => `  ${line}`), ''].join('\r\n'), undefined, item);
  const messages = said.map((one) => messageOf(one, item, traced));
  if (judgement.state === 'failed') run.failed(item, messages, durationMs);
  else if (judgement.state === 'errored') run.errored(item, messages, durationMs);
  else if (judgement.state === 'passed') run.passed(item, durationMs);
  else run.skipped(item);
}

function messageOf({ message, difference, place }: Said, item: TestItem, traced: boolean): TestMessage {
  const made = difference
    ? TestMessage.diff(message, difference.expected, difference.actual)
    : new TestMessage(message);
  if (place) made.location = new Location(Uri.file(place.file), new Position(place.line, place.character));
  else if (item.uri && item.range) made.location = new Location(item.uri, item.range);
  if (traced) made.contextValue = TRACED;
  return made;
}

/** Collects over the tests of a run which steps were executed, and hands it to VS Code when it is through. */
export interface CoverageReport {
  add(item: TestItem, counter: StepCounter): void;
  finish(run: TestRun): Promise<void>;
}

/** Details of a file's coverage, of all tests or of one, for when VS Code asks for them. */
export interface CoverageDetails {
  readonly report: () => CoverageReport;
  readonly of: (file: FileCoverage, item?: TestItem) => FileCoverageDetail[];
}

/** @param stepsOf the steps of the playbook with this whole path */
export function createCoverageDetails(stepsOf: (file: Uri) => Promise<readonly StepItem[]>): CoverageDetails {
  const kept = new WeakMap<FileCoverage, (item: TestItem | undefined) => FileCoverageDetail[]>();
  const report = (): CoverageReport => {
    const files = new Map<string, Map<TestItem, StepCounts>>();
    return {
      add(item, counter) {
        for (const [file, counts] of counter.files) {
          const tests = files.get(file) ?? new Map<TestItem, StepCounts>();
          files.set(file, tests.set(item, counts));
        }
      },
      async finish(run) {
        for (const [file, tests] of files) {
          const uri = Uri.file(file);
          const steps = await stepsOf(uri);
          const all = new Map<string, number>();
          for (const counts of tests.values()) addCounts(all, counts);
          const coverage = FileCoverage.fromDetails(uri, details(steps, all));
          coverage.includesTests = [...tests.keys()];
          kept.set(coverage, (item) => {
            const one = item && [...tests].find(([{ id }]) => id === item.id)?.[1];
            return details(steps, item === undefined ? all : (one ?? new Map()));
          });
          run.addCoverage(coverage);
        }
      },
    };
  };
  return { report, of: (file, item) => kept.get(file)?.(item) ?? [] };
}

function details(steps: readonly StepItem[], counts: StepCounts): FileCoverageDetail[] {
  return coverageOf(steps, counts).flatMap(({ step: { id, at, range }, executed }) => [
    new DeclarationCoverage(id, executed, new Position(at.line, at.character)),
    new StatementCoverage(
      executed,
      new Range(range.start.line, range.start.character, range.end.line, range.end.character),
    ),
  ]);
}
