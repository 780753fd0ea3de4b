import {
  type CancellationToken,
  CancellationTokenSource,
  commands,
  type TestController,
  type TestItem,
  type TestRunProfile,
  TestRunRequest,
  type Uri,
  workspace,
} from 'vscode';
import { saveOurs } from '../dry-run/dry-run.js';
import { isOurFile, isPlaybook, TRACED_TESTS } from '../names.js';
import { createStepCounter } from './coverage.js';
import { createQueue } from './queue.js';
import { type CoverageReport, reportTest } from './report.js';
import type { RunTest } from './run-test.js';
import type { TestTree } from './test-tree.js';

/** How a profile runs tests. */
export interface How {
  /** `undefined` when the person chose to run nothing. Asked once for each run. */
  readonly runner: (count: number) => Promise<RunTest | undefined>;
  readonly coverage: (() => CoverageReport) | undefined;
}

export interface Runs {
  readonly start: (request: TestRunRequest, how: How, token: CancellationToken) => Promise<void>;
  /** Runs tests again as their files are saved, until `token` is cancelled. */
  readonly follow: (
    request: TestRunRequest,
    profile: TestRunProfile,
    how: How,
    token: CancellationToken,
  ) => Promise<void>;
}

/**
 * @param traces gets the trace of each test that left one, by the test's id
 * @param alone takes what nobody waits for
 */
export function createRuns(
  controller: TestController,
  tree: TestTree,
  traces: Map<string, Uri>,
  alone: (work: Promise<unknown>) => void,
): Runs {
  // The trace of a test makes room for the next: two runs of it at once would take it from each other.
  const inTurn = createQueue();

  const asked = async ({ include, exclude }: TestRunRequest): Promise<readonly TestItem[]> => {
    if (include === undefined) await tree.discover();
    return tree.testsOf(include ?? itemsOf(controller), exclude ?? []);
  };

  const runAll = async (
    request: TestRunRequest,
    items: readonly TestItem[],
    how: How,
    token: CancellationToken,
  ): Promise<void> => {
    if (items.length === 0) return;
    const test = await how.runner(items.length);
    if (test === undefined) return;
    const run = controller.createTestRun(request);
    const stop = new CancellationTokenSource();
    const linked = [run.token, token].map((one) => one.onCancellationRequested(() => stop.cancel()));
    if (token.isCancellationRequested) stop.cancel();
    for (const item of items) run.enqueued(item);
    const coverage = how.coverage?.();
    const one = async (item: TestItem): Promise<void> => {
      const playbook = item.parent?.uri;
      if (stop.token.isCancellationRequested || !playbook || !item.uri) return run.skipped(item);
      run.started(item);
      const started = performance.now();
      const counter = createStepCounter(playbook.fsPath);
      try {
        const { judgement, trace } = await test({ playbook, case: item.uri }, counter.add, stop.token);
        if (trace) traces.set(item.id, trace);
        else traces.delete(item.id);
        // Before the result is told: its row is drawn once, with the buttons it has then.
        await commands.executeCommand('setContext', TRACED_TESTS, [...traces.keys()]);
        coverage?.add(item, counter);
        reportTest(run, item, judgement, trace !== undefined, performance.now() - started);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const said = [{ message, difference: undefined, place: undefined }];
        reportTest(run, item, { state: 'errored', said, output: [] }, false, performance.now() - started);
      }
    };
    try {
      await inTurn(async () => {
        for (const item of items) await one(item);
        await coverage?.finish(run);
      });
    } finally {
      run.end();
      for (const listener of linked) listener.dispose();
      stop.dispose();
    }
  };

  return {
    start: async (request, how, token) => {
      if (!(await saveOurs())) return;
      await runAll(request, await asked(request), how, token);
    },
    follow: async ({ include, exclude }, profile, how, token) => {
      let waiting: Set<TestItem> | undefined;
      const again = async (items: readonly TestItem[]): Promise<void> => {
        // Saved again before its turn came: one run then does for both.
        if (waiting) {
          for (const item of items) waiting.add(item);
          return;
        }
        waiting = new Set(items);
        const now = await inTurn(async () => {
          const all = [...(waiting ?? [])];
          waiting = undefined;
          return all;
        });
        if (now.length === 0 || token.isCancellationRequested) return;
        await runAll(new TestRunRequest(now, exclude, profile, true), now, how, token);
      };
      const changed = async (uri: Uri): Promise<void> => {
        if (!isOurFile(uri.path)) return;
        const all = await asked(new TestRunRequest(include, exclude, profile, true));
        // A catalog or a policy can be behind any of them.
        const named = isPlaybook(uri.path) || uri.path.endsWith('.case.yaml');
        const id = uri.toString();
        const about = all.filter(({ uri: own, parent }) => !named || own?.toString() === id || parent?.id === id);
        if (about.length > 0) await again(about);
      };
      const saved = workspace.onDidSaveTextDocument(({ uri }) => alone(changed(uri)));
      token.onCancellationRequested(() => saved.dispose());
    },
  };
}

export function itemsOf({ items }: Pick<TestController, 'items'>): readonly TestItem[] {
  return [...items].map(([, item]) => item);
}
