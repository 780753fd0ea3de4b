import { basename } from 'node:path';
import {
  type CancellationToken,
  Disposable,
  type ExtensionContext,
  Range,
  type TestController,
  type TestRunProfile,
  TestRunProfileKind,
  type TestRunRequest,
  tests,
  Uri,
  workspace,
} from 'vscode';
import type { Language } from '../language-client.js';
import { isPlaybook, TESTS } from '../names.js';
import type { TraceHost } from '../trace/trace-view.js';
import { openTrace } from '../trace/verify-command.js';
import { followFiles, type Shown } from './follow-files.js';
import { startPolicyTests } from './policy-explorer.js';
import { createCoverageDetails } from './report.js';
import { offline, redTeam, withClaude } from './run-test.js';
import { createRuns, itemsOf } from './runs.js';
import { createTestTree, describedPath, type TestTree } from './test-tree.js';

export interface TestExplorer extends Disposable {
  /** Opens the trace of a test, as the menus of the Test Explorer name one. */
  readonly openTrace: (given: unknown) => Promise<void>;
}

/** How many playbooks of a workspace are shown. */
const MOST_PLAYBOOKS = 1000;

/**
 * Playbooks and their cases, and tests of policies, in VS Code's Test Explorer. Looks at nothing before the view is opened or a playbook or case is
 * shown, and not in a folder that nobody trusts: a test runs what a playbook names.
 */
export function createTestExplorer(context: ExtensionContext, language: Language, host: TraceHost): TestExplorer {
  const traces = new Map<string, Uri>();
  let controller: Disposable | undefined;
  const start = (): void => {
    controller = startTests(context, language, host, traces);
  };
  const trusted = workspace.onDidGrantWorkspaceTrust(start);
  if (workspace.isTrusted) start();
  return {
    openTrace: async (given) => {
      const trace = traces.get(testIdOf(given) ?? '');
      if (trace !== undefined) await openTrace(trace);
    },
    dispose: () => {
      trusted.dispose();
      controller?.dispose();
    },
  };
}

function startTests(
  context: ExtensionContext,
  language: Language,
  host: TraceHost,
  traces: Map<string, Uri>,
): Disposable {
  const controller = tests.createTestController(TESTS, 'Countersign');
  const tree = createTestTree(controller, {
    subjects: async () => {
      const found = await workspace.findFiles('**/*.playbook.yaml', '**/node_modules/**', MOST_PLAYBOOKS);
      return found.filter(({ scheme }) => scheme === 'file');
    },
    nameOf: ({ path }) => basename(path, '.playbook.yaml'),
    tests: async (playbook) => {
      const cases = await language.cases(playbook);
      return cases.map(({ id, title, uri, line }) => ({ key: uri, title, sort: id, uri, line }));
    },
    uriOf: (text) => Uri.parse(text, true),
    lineOf: (line) => new Range(line, 0, line, 0),
    description: (playbook) => describedPath(workspace.asRelativePath(playbook)),
  });
  // Nobody waits for what follows files and saves: what goes wrong there is told in the output.
  const alone = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => host.output.error(error instanceof Error ? error : String(error)));
  };
  const shown = testsOfShown(controller, tree);
  const watching = followFiles(controller, tree, '**/*.{playbook,case}.yaml', shown, alone);
  const runs = createRuns(controller, tree, traces, alone);
  const coverage = createCoverageDetails(language.steps);

  const profile = (
    label: string,
    kind: TestRunProfileKind,
    isDefault: boolean,
    handler: (request: TestRunRequest, token: CancellationToken, self: () => TestRunProfile) => Promise<void>,
  ): TestRunProfile => {
    const made: TestRunProfile = controller.createRunProfile(
      label,
      kind,
      (request, token) => handler(request, token, () => made),
      isDefault,
    );
    return made;
  };
  const here = { runner: async () => offline(host), coverage: undefined };
  const dryRun = profile('Dry-run (offline)', TestRunProfileKind.Run, true, (request, token, self) =>
    request.continuous ? runs.follow(request, self(), here, token) : runs.start(request, here, token),
  );
  dryRun.supportsContinuousRun = true;
  profile('Dry-run with Claude', TestRunProfileKind.Run, false, (request, token) => {
    const runner = (count: number) => withClaude(context, host, count);
    return runs.start(request, { runner, coverage: undefined }, token);
  });
  profile('Red-team', TestRunProfileKind.Run, false, (request, token) =>
    runs.start(request, { runner: async () => redTeam(host), coverage: undefined }, token),
  );
  const covered = { runner: async () => offline(host), coverage: coverage.report };
  const withCoverage = profile('Dry-run with coverage', TestRunProfileKind.Coverage, true, (request, token, self) =>
    request.continuous ? runs.follow(request, self(), covered, token) : runs.start(request, covered, token),
  );
  withCoverage.supportsContinuousRun = true;
  withCoverage.loadDetailedCoverage = async (_run, file) => coverage.of(file);
  withCoverage.loadDetailedCoverageForTest = async (_run, file, item) => coverage.of(file, item);
  return Disposable.from(controller, watching, startPolicyTests(language, host, alone));
}

/** Has the tests of a playbook that is shown, or of the playbook of a case, in the tree. */
function testsOfShown(controller: TestController, tree: TestTree): Shown {
  return async (document, discover) => {
    const { scheme, path } = document.uri;
    const id = document.uri.toString();
    if (scheme !== 'file' || !(isPlaybook(path) || path.endsWith('.case.yaml'))) return;
    await discover();
    const playbook = controller.items.get(id);
    if (playbook) await tree.testsOf([playbook], []);
    if (isPlaybook(path)) return;
    // A playbook's file is mostly named after it; with many of them it matters which is asked first.
    const named = /^playbook:[ \t]*["']?([a-z0-9-]+)/m.exec(document.getText())?.[1];
    const likeliest = [...itemsOf(controller)].sort((a, b) => Number(b.label === named) - Number(a.label === named));
    for (const item of likeliest) {
      const cases = await tree.testsOf([item], []);
      if (cases.some(({ uri }) => uri?.toString() === id)) return;
    }
  };
}

/** The menu of a test gives the test, that of a message both. */
function testIdOf(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  if ('test' in given) return testIdOf(given.test);
  return 'id' in given && typeof given.id === 'string' ? given.id : undefined;
}
