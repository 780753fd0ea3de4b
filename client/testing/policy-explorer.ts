import { basename } from 'node:path';
import {
  type CancellationToken,
  CancellationTokenSource,
  DeclarationCoverage,
  Disposable,
  FileCoverage,
  type FileCoverageDetail,
  Position,
  Range,
  StatementCoverage,
  type TestController,
  type TestItem,
  type TestRun,
  type TestRunProfile,
  TestRunProfileKind,
  TestRunRequest,
  tests,
  Uri,
  workspace,
} from 'vscode';
import type { TestedPolicy } from '../../runner/protocol/policy-tests.js';
import { saveOurs } from '../dry-run/dry-run.js';
import type { Language } from '../language-client.js';
import { isOurFile, isPlaybook, isPolicyTest, POLICY_TESTS } from '../names.js';
import { policyTestsInProcess } from '../runner/runner-process.js';
import type { TraceHost } from '../trace/trace-view.js';
import { visible } from '../viewer/events/visible.js';
import { followFiles, type Shown } from './follow-files.js';
import { keysOf, policyJudgementsOf, uncoveredLines } from './judge-policy.js';
import { createQueue } from './queue.js';
import { reportPolicyTest } from './report-policy.js';
import { createTestTree, describedPath, type TestTree } from './test-tree.js';

/** How many files of tests of a workspace are shown. */
const MOST_FILES = 1000;

/**
 * Tests of policies in VS Code's Test Explorer, judged by the runner. As with those of playbooks, nothing is looked for before the
 * view is opened or such a file is shown.
 */
export function startPolicyTests(
  language: Language,
  host: TraceHost,
  alone: (work: Promise<unknown>) => void,
): Disposable {
  const controller = tests.createTestController(POLICY_TESTS, 'Countersign policies');
  const tree = createTestTree(controller, {
    subjects: async () => {
      const found = await workspace.findFiles('**/*.policy.test.yaml', '**/node_modules/**', MOST_FILES);
      return found.filter(({ scheme }) => scheme === 'file');
    },
    nameOf: ({ path }) => basename(path, '.policy.test.yaml'),
    tests: async (file) => {
      const found = await language.policyTests(file);
      const keys = keysOf(found.map(({ title }) => title));
      return found.map(({ title, line }, at) => ({
        key: keys[at] ?? title,
        title: title === '' ? '(no title)' : title,
        // In the order of the file.
        sort: String(at).padStart(6, '0'),
        uri: file.toString(),
        line,
      }));
    },
    uriOf: (text) => Uri.parse(text, true),
    lineOf: (line) => new Range(line, 0, line, 0),
    description: (file) => describedPath(workspace.asRelativePath(file)),
  });
  const shown: Shown = async ({ uri }, discover) => {
    if (uri.scheme !== 'file' || !isPolicyTest(uri.path)) return;
    await discover();
    const file = controller.items.get(uri.toString());
    if (file) await tree.testsOf([file], []);
  };
  const following = followFiles(controller, tree, '**/*.policy.test.yaml', shown, alone);
  const details = new WeakMap<FileCoverage, readonly FileCoverageDetail[]>();
  const judge = createJudging(controller, tree, host, details);
  const profile = (label: string, kind: TestRunProfileKind, covers: boolean): TestRunProfile => {
    const made = controller.createRunProfile(
      label,
      kind,
      (request, token) =>
        request.continuous ? judge.follow(request, made, covers, token, alone) : judge.start(request, covers, token),
      true,
    );
    made.supportsContinuousRun = true;
    return made;
  };
  profile('Judge', TestRunProfileKind.Run, false);
  const covering = profile('Judge with coverage of the policy', TestRunProfileKind.Coverage, true);
  covering.loadDetailedCoverage = async (_run, file) => [...(details.get(file) ?? [])];
  return Disposable.from(controller, following);
}

interface Judging {
  readonly start: (request: TestRunRequest, covers: boolean, token: CancellationToken) => Promise<void>;
  /** Judges again as files are saved, until `token` is cancelled. */
  readonly follow: (
    request: TestRunRequest,
    profile: TestRunProfile,
    covers: boolean,
    token: CancellationToken,
    alone: (work: Promise<unknown>) => void,
  ) => void;
}

function createJudging(
  controller: TestController,
  tree: TestTree,
  { extension, output }: TraceHost,
  details: WeakMap<FileCoverage, readonly FileCoverageDetail[]>,
): Judging {
  const inTurn = createQueue();
  const judge = async (request: TestRunRequest, covers: boolean, token: CancellationToken): Promise<void> => {
    if (request.include === undefined) await tree.discover();
    const wanted = request.include ?? [...controller.items].map(([, item]) => item);
    const items = await tree.testsOf(wanted, request.exclude ?? []);
    if (items.length === 0) return;
    const run = controller.createTestRun(request);
    const stop = new CancellationTokenSource();
    const linked = [run.token, token].map((one) => one.onCancellationRequested(() => stop.cancel()));
    if (token.isCancellationRequested) stop.cancel();
    for (const item of items) run.started(item);
    try {
      const files = [...new Set(items.flatMap(({ uri }) => (uri === undefined ? [] : [uri.fsPath])))];
      const { files: tested, policies } = await policyTestsInProcess(extension, output, { files }, stop.token);
      const judgements = new Map(tested.map((one) => [one.file, policyJudgementsOf(one)]));
      for (const item of items) {
        const judgement = judgements.get(item.uri?.fsPath ?? '')?.(keyOf(item));
        if (judgement === undefined) run.skipped(item);
        else reportPolicyTest(run, item, judgement);
      }
      if (covers) for (const policy of policies) addCoverage(run, policy, details);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const said = [{ message, difference: undefined, place: undefined, decidedBy: [] }];
      for (const item of items) {
        if (stop.token.isCancellationRequested) run.skipped(item);
        else reportPolicyTest(run, item, { state: 'errored', said });
      }
    } finally {
      run.end();
      for (const listener of linked) listener.dispose();
      stop.dispose();
    }
  };
  return {
    start: async (request, covers, token) => {
      if (await saveOurs()) await inTurn(() => judge(request, covers, token));
    },
    follow: ({ include, exclude }, profile, covers, token, alone) => {
      let waiting = false;
      const saved = workspace.onDidSaveTextDocument(({ uri }) => {
        // A policy or a catalog can be behind any of them. Saved again before its turn came: one run then does for both.
        if (waiting || !isOurFile(uri.path) || isPlaybook(uri.path)) return;
        waiting = true;
        alone(
          inTurn(async () => {
            waiting = false;
            if (token.isCancellationRequested) return;
            await tree.refresh();
            await judge(new TestRunRequest(include, exclude, profile, true), covers, token);
          }),
        );
      });
      token.onCancellationRequested(() => saved.dispose());
    },
  };
}

/** The key that a test was given; see `createTestTree`. */
function keyOf({ id, parent }: TestItem): string {
  return id.slice((parent?.id.length ?? 0) + 1);
}

/** Ceilings and whatever else of a policy tests should show to hold, as what ran of it and what did not. */
function addCoverage(
  run: TestRun,
  policy: TestedPolicy,
  details: WeakMap<FileCoverage, readonly FileCoverageDetail[]>,
): void {
  const uri = Uri.file(policy.file);
  const covered = policy.parts.flatMap(({ name, start, end, exercised }): FileCoverageDetail[] => {
    const range = new Range(start.line, start.character, end.line, end.character);
    return [
      new DeclarationCoverage(visible(name), exercised, new Position(start.line, start.character)),
      new StatementCoverage(exercised, range),
    ];
  });
  const coverage = FileCoverage.fromDetails(uri, covered);
  details.set(coverage, covered);
  run.addCoverage(coverage);
  const lines = uncoveredLines(policy, workspace.asRelativePath(uri));
  if (lines.length > 0) run.appendOutput(`${lines.join('\r\n')}\r\n`);
}
