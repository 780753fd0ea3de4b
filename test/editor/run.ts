// Runs the tests of this folder inside a real VS Code: `node out/test/editor/run.js [words in a test's title]`. Those in
// restricted/ get a window of their own that does not trust its folder; those in outside/ start windows themselves.
// COUNTERSIGN_VSCODE=host takes the browser-served VS Code of test/host, =desktop the desktop one; otherwise the desktop
// where there is a display and it can be fetched, the other where not. The tests are the same.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { copyFirstSamples } from '../platform/first-samples.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const bundles = path.join(root, 'out/editor-tests');
const screenshots = path.join(root, 'out/screenshots');
const launcher = path.join(root, 'test/host/vscode.mjs');

interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly unknown[];
}

/** A folder of tests, and the window they run in: one that does not trust its folder, or those they start themselves. */
interface Suite {
  readonly folder: string;
  readonly window: 'usual' | 'restricted' | 'own';
}

const SUITES: readonly Suite[] = [
  { folder: 'test/editor', window: 'usual' },
  { folder: 'test/editor/restricted', window: 'restricted' },
  { folder: 'test/editor/outside', window: 'own' },
];

/** Runs every editor test, or those whose title contains `only`; resolves with what all of them wrote when they ended. */
async function runEditorTests(only: string): Promise<TestReport | undefined> {
  const desktop = await findDesktop();
  mkdirSync(screenshots, { recursive: true });
  let whole: TestReport | undefined;
  for (const suite of SUITES) {
    // Words that were found in one folder are not looked for in the next, with a window of its own.
    if (only && whole && whole.passed + whole.failed > 0) break;
    // What starts a desktop VS Code trusts every folder, and ends it with the tests inside.
    if (suite.window !== 'usual' && desktop) {
      console.log(
        `${suite.folder} is left out: these tests run in the browser-served VS Code (COUNTERSIGN_VSCODE=host).`,
      );
      continue;
    }
    const report = await (suite.window === 'own' ? runOutside(suite, only) : runSuite(suite, only, desktop));
    if (!report) return undefined;
    whole = {
      passed: (whole?.passed ?? 0) + report.passed,
      failed: (whole?.failed ?? 0) + report.failed,
      skipped: (whole?.skipped ?? 0) + report.skipped,
      failures: [...(whole?.failures ?? []), ...report.failures],
    };
  }
  return whole;
}

async function runSuite(
  { folder, window }: Suite,
  only: string,
  desktop: string | undefined,
): Promise<TestReport | undefined> {
  await bundleTests(folder);
  // Resolved, because VS Code reports resolved paths and tests compare them.
  const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'countersign-test-')));
  const report = path.join(scratch, 'report.json');
  try {
    const workspace = path.join(scratch, 'playbooks');
    copyFirstSamples(workspace);
    const userData = path.join(scratch, 'user-data');
    mkdirSync(path.join(userData, 'User'), { recursive: true });
    cpSync(path.join(root, 'test/host/settings.json'), path.join(userData, 'User/settings.json'));
    const port = desktop ? await freePort() : undefined;
    await runTests({
      vscodeExecutablePath: desktop ?? launcher,
      extensionDevelopmentPath: root,
      extensionTestsPath: path.join(bundles, 'index.cjs'),
      launchArgs: [
        workspace,
        `--user-data-dir=${userData}`,
        `--extensions-dir=${path.join(scratch, 'extensions')}`,
        ...(port === undefined ? [] : [`--remote-debugging-port=${port}`]),
      ],
      extensionTestsEnv: {
        COUNTERSIGN_EDITOR_TESTS: bundles,
        COUNTERSIGN_EDITOR_GREP: only,
        COUNTERSIGN_SCREENSHOTS: screenshots,
        COUNTERSIGN_TEST_REPORT: report,
        COUNTERSIGN_TEST_REPORTER: path.join(root, 'test/reporter.cjs'),
        // A key of the person at this machine must not turn a dry run in a test into a live one.
        ANTHROPIC_API_KEY: undefined,
        ...(window === 'restricted' && { COUNTERSIGN_HOST_RESTRICTED: '1' }),
        ...(port === undefined ? {} : { COUNTERSIGN_CDP: `http://127.0.0.1:${port}` }),
      },
    }).catch((error: unknown) => console.error(String(error)));
    return readReport(report);
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Runs tests that drive VS Code from outside. */
async function runOutside({ folder }: Suite, only: string): Promise<TestReport | undefined> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'countersign-outside-'));
  const report = path.join(scratch, 'report.json');
  const tests = path.join(root, 'out', folder);
  const words = [
    path.join(root, 'node_modules/mocha/bin/mocha.js'),
    ...['--reporter', path.join(root, 'test/reporter.cjs'), ...(only ? ['--grep', only] : [])],
    ...readdirSync(tests)
      .filter((file) => file.endsWith('.test.js'))
      .map((file) => path.join(tests, file)),
  ];
  const env = { ...process.env, COUNTERSIGN_TEST_REPORT: report, COUNTERSIGN_SCREENSHOTS: screenshots };
  try {
    const child = spawn(process.execPath, words, { cwd: root, env, stdio: 'inherit' });
    await once(child, 'exit');
    return readReport(report);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function readReport(file: string): TestReport | undefined {
  if (!existsSync(file)) return undefined;
  const report: TestReport = JSON.parse(readFileSync(file, 'utf8'));
  return report;
}

/** The extension host loads tests as CommonJS, and this repository is ES modules: each test file becomes one bundle. */
async function bundleTests(folder: string): Promise<void> {
  const tests = readdirSync(path.join(root, folder)).filter((file) => file.endsWith('.test.ts'));
  if (tests.length === 0) throw new Error(`${folder} holds no tests`);
  rmSync(bundles, { recursive: true, force: true });
  await build({
    entryPoints: ['test/editor/index.ts', ...tests.map((file) => path.join(folder, file))].map((file) =>
      path.join(root, file),
    ),
    // Without the folders they come from.
    entryNames: '[name]',
    outdir: bundles,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    packages: 'external',
    external: ['vscode'],
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

/** The desktop VS Code to test in, or undefined for the browser-served one. */
async function findDesktop(): Promise<string | undefined> {
  const choice = process.env.COUNTERSIGN_VSCODE;
  if (choice === 'host') return undefined;
  if (choice === 'desktop') return downloadAndUnzipVSCode('stable');
  if (choice !== undefined && choice !== '')
    throw new Error(`COUNTERSIGN_VSCODE is "${choice}"; it may be host or desktop`);
  const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!display || !(await canDownload())) return undefined;
  return downloadAndUnzipVSCode('stable').catch((error: unknown) => {
    console.error(`Desktop VS Code could not be fetched (${String(error)}); using the browser-served one.`);
    return undefined;
  });
}

async function canDownload(): Promise<boolean> {
  const address = 'https://update.code.visualstudio.com/api/releases/stable';
  const answer = await fetch(address, { signal: AbortSignal.timeout(3000) }).catch(() => undefined);
  return answer?.ok === true;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port on the loopback interface');
  return address.port;
}

// runTests ends VS Code on SIGINT; with a listener of ours it leaves ending this process, and cleaning up, to us.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.kill(process.pid, 'SIGINT'));

const report = await runEditorTests(process.argv.slice(2).join(' '));
const reportFile = process.env.COUNTERSIGN_TEST_REPORT;
if (report && reportFile) writeFileSync(reportFile, JSON.stringify(report));
if (!report) {
  console.error('The editor tests did not run to their end: VS Code or its extension host ended before them.');
  process.exitCode = 1;
} else if (report.failed > 0 || report.passed === 0) {
  process.exitCode = 1;
}
