// Runs the tests of this folder inside a real VS Code: `node out/test/editor/run.js [words in a test's title]`.
// COUNTERSIGN_VSCODE=host takes the browser-served VS Code of test/host, =desktop the desktop one; otherwise the desktop
// where there is a display and it can be fetched, the other where not. The tests are the same.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const bundles = path.join(root, 'out/editor-tests');
const launcher = path.join(root, 'test/host/vscode.mjs');

/** The samples that tests work with: what they say of lists, menus and runs of all tests does not depend on how many there are. */
const SAMPLES = ['contain-host', 'endpoint-malware', 'identity-takeover', 'phishing-triage', 'quiet-beacon'];

/** Whether a file of the samples, or a folder, belongs to those: the first ones have their cases in the folder of cases itself. */
function isUsed(file: string): boolean {
  const [folder = '', name, ...below] = path.relative(path.join(root, 'playbooks'), file).split(path.sep);
  if (name === undefined) {
    const isFolder = ['', 'alerts', 'cases', 'catalogs', 'context', 'events', 'policies', 'traces'].includes(folder);
    return isFolder || SAMPLES.some((sample) => folder.startsWith(`${sample}.`));
  }
  if (folder === 'policies') return name.startsWith('default.');
  return below.length === 0 && name.includes('.');
}

interface TestReport {
  readonly passed: number;
  readonly failed: number;
}

/** Runs every editor test, or those whose title contains `only`; resolves with the report the tests wrote when they ended. */
async function runEditorTests(only: string): Promise<TestReport | undefined> {
  await bundleTests();
  // Resolved, because VS Code reports resolved paths and tests compare them.
  const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'countersign-test-')));
  const report = process.env.COUNTERSIGN_TEST_REPORT ?? path.join(scratch, 'report.json');
  rmSync(report, { force: true });
  try {
    const workspace = path.join(scratch, 'playbooks');
    cpSync(path.join(root, 'playbooks'), workspace, { recursive: true, filter: isUsed });
    const userData = path.join(scratch, 'user-data');
    mkdirSync(path.join(userData, 'User'), { recursive: true });
    cpSync(path.join(root, 'test/host/settings.json'), path.join(userData, 'User/settings.json'));
    const desktop = await findDesktop();
    const port = desktop ? await freePort() : undefined;
    const screenshots = path.join(root, 'out/screenshots');
    mkdirSync(screenshots, { recursive: true });
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
        ...(port === undefined ? {} : { COUNTERSIGN_CDP: `http://127.0.0.1:${port}` }),
      },
    }).catch((error: unknown) => console.error(String(error)));
    return existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as TestReport) : undefined;
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** The extension host loads tests as CommonJS, and this repository is ES modules: each test file becomes one bundle. */
async function bundleTests(): Promise<void> {
  const folder = path.join(root, 'test/editor');
  const tests = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
  if (tests.length === 0) throw new Error('test/editor holds no tests');
  rmSync(bundles, { recursive: true, force: true });
  await build({
    entryPoints: ['index.ts', ...tests].map((file) => path.join(folder, file)),
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
if (!report) {
  console.error('The editor tests did not run to their end: VS Code or its extension host ended before them.');
  process.exitCode = 1;
} else if (report.failed > 0 || report.passed === 0) {
  process.exitCode = 1;
}
