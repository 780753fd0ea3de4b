// `npm test`: sets up what is missing, then types and lint (one check), unit and process tests, and the tests inside a real
// VS Code. `--unit` leaves out the last. The last line is `N passed, M failed`; a part that did not run counts as a failure.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError, setUp, setUpEditor } from './setup.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const PARTS = ['language', 'revisions', 'runner', 'server', 'client', 'cli', 'launch', 'test'];
/** Test files that one process runs: enough that its start costs little, few enough that none is left alone at the end. */
const PORTION = 8;
const UNIT_LIMIT_MS = 17 * 60_000;
const EDITOR_LIMIT_MS = 15 * 60_000;
/** How long a test process may live on after its tests ended before something they started counts as left running. */
const GRACE_MS = 10_000;

const unitOnly = process.argv.includes('--unit');
const scratch = mkdtempSync(path.join(tmpdir(), 'countersign-report-'));
const running = new Set();
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }))
  process.on(signal, () => {
    for (const child of running) child.kill(signal);
    rmSync(scratch, { recursive: true, force: true });
    process.exit(code);
  });

const say = (line) => console.log(line);
const started = performance.now();
const results = [];
const setUpFailure = await explained(() => setUp(say));
if (setUpFailure) results.push(notRun('set-up', setUpFailure));
else {
  // Before the unit tests: some of them need Chromium, too.
  const editorFailure = unitOnly ? undefined : await explained(() => setUpEditor(say));
  results.push(await typesAndLint());
  results.push(await unitTests());
  if (!unitOnly) results.push(await editorTests(editorFailure));
}
rmSync(scratch, { recursive: true, force: true });
summarize();

async function typesAndLint() {
  say('\nTypes and lint');
  const { code } = await run('npm', ['run', '-s', 'check'], { shell: process.platform === 'win32' });
  if (code === 0) {
    say('  ✓ npm run check');
    return { part: 'types and lint', passed: 1, failed: 0, skipped: 0, failures: [] };
  }
  return notRun('types and lint', '`npm run check` failed; what it found is above.');
}

async function unitTests() {
  say('\nUnit and process tests');
  const compiled = testSources().map((file) => path.join('out', file.replace(/\.ts$/, '.js')));
  const missing = compiled.filter((file) => !existsSync(path.join(root, file)));
  if (compiled.length === 0) return notRun('unit tests', 'There are no test files.');
  if (missing.length > 0)
    return notRun(
      'unit tests',
      `Not compiled: ${missing.join(', ')}. Put the types right, or delete out/ and start again.`,
    );
  const portions = [];
  for (let from = 0; from < compiled.length; from += PORTION) portions.push(compiled.slice(from, from + PORTION));
  const mocha = ['node_modules/mocha/bin/mocha.js', '--reporter', 'test/reporter.cjs', '--timeout', '60000'];
  const end = performance.now() + UNIT_LIMIT_MS;
  const reports = [];
  // Much of the time goes into processes that tests start and wait for: each lane takes the next portion when it is done.
  const lane = async () => {
    for (let files = portions.shift(); files; files = portions.shift()) {
      const name = `unit-${portions.length}`;
      reports.push(await reported('unit tests', name, [...mocha, ...files], Math.max(1, end - performance.now())));
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, lane));
  return together('unit tests', reports);
}

/** Reports of portions as the report of one part. */
function together(part, reports) {
  const sum = (key) => reports.reduce((total, report) => total + report[key], 0);
  const failures = reports.flatMap((report) => report.failures);
  return { part, passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), failures };
}

/** @param {string | undefined} failure why the browser-served VS Code could not be set up */
async function editorTests(failure) {
  say('\nTests in VS Code');
  if (failure && process.env.COUNTERSIGN_VSCODE !== 'desktop') return notRun('VS Code tests', failure);
  const program = 'out/test/editor/run.js';
  if (!existsSync(path.join(root, program))) return notRun('VS Code tests', `${program} was not compiled.`);
  return reported('VS Code tests', 'editor', [program], EDITOR_LIMIT_MS);
}

/** Test files that mocha runs here, from the sources: out/ may still hold what is gone from them. */
function testSources() {
  return PARTS.filter((folder) => existsSync(path.join(root, folder)))
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
        .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name))),
    )
    .filter((file) => !file.includes('node_modules') && !file.startsWith(path.join('test', 'editor')))
    .sort();
}

/** Runs a program that writes a test report (test/reporter.cjs). No report: the tests did not run to their end. */
async function reported(part, name, words, limit) {
  const file = path.join(scratch, `${name}.json`);
  const { code, overran } = await run(process.execPath, words, {
    env: { ...process.env, COUNTERSIGN_TEST_REPORT: file },
    limit,
    ended: () => existsSync(file),
  });
  if (!existsSync(file))
    return notRun(part, `${overran ? 'They did not end in time' : `They ended early (${code})`}: ${words.join(' ')}`);
  const report = { part, ...JSON.parse(readFileSync(file, 'utf8')) };
  if (report.passed + report.failed === 0) return notRun(part, 'No test ran.');
  if (report.failed > 0 || code === 0) return report;
  const why = overran
    ? 'The tests ended, and something they started kept running.'
    : `The tests passed, but: exit ${code}.`;
  return { ...report, failed: 1, failures: [{ title: part, message: why }] };
}

/** Runs a program; ends it when it exceeds its limit, or goes on for long after `ended` says that it is done. */
function run(program, words, { limit, ended, ...options }) {
  return new Promise((resolve) => {
    const child = spawn(program, words, { cwd: root, stdio: 'inherit', ...options });
    running.add(child);
    let overran = false;
    let doneSince;
    const begun = performance.now();
    const watch = setInterval(() => {
      const now = performance.now();
      if (ended?.()) doneSince ??= now;
      if ((limit && now - begun > limit) || (doneSince && now - doneSince > GRACE_MS)) {
        child.kill(overran ? 'SIGKILL' : 'SIGTERM');
        overran = true;
      }
    }, 1000);
    const settle = (code) => {
      clearInterval(watch);
      running.delete(child);
      resolve({ code, overran });
    };
    child.on('error', (error) => {
      console.error(error.message);
      settle('could not start');
    });
    child.on('exit', (code, signal) => settle(code ?? signal));
  });
}

async function explained(task) {
  try {
    await task();
    return undefined;
  } catch (error) {
    if (error instanceof SetupError) return error.message;
    throw error;
  }
}

function notRun(part, why) {
  return { part, passed: 0, failed: 1, skipped: 0, failures: [{ title: `${part} did not pass`, message: why }] };
}

function summarize() {
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  const failures = results.flatMap((result) => result.failures);
  if (failures.length > 0) say('\nWhat failed');
  for (const { title, message } of failures) say(`\n  ✗ ${title}\n${message.replace(/^/gm, '      ')}`);
  say('');
  for (const { part, passed, failed } of results) say(`${part}: ${passed} passed, ${failed} failed`);
  if (unitOnly) say('The tests in VS Code were left out (--unit).');
  if (total('skipped') > 0) say(`${total('skipped')} skipped`);
  say(`${((performance.now() - started) / 1000).toFixed(0)} s`);
  say(`${total('passed')} passed, ${total('failed')} failed`);
  process.exitCode = total('failed') > 0 ? 1 : 0;
}
