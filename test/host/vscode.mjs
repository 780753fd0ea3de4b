#!/usr/bin/env node
// VS Code without a desktop: takes desktop VS Code's command line, starts the VS Code server of the npm package
// code-server and opens it in headless Chromium. `runTests({ vscodeExecutablePath })` of @vscode/test-electron accepts it.
// Tests find Chromium's DevTools address in COUNTERSIGN_CDP. Set COUNTERSIGN_HOST_VERBOSE=1 to see everything it hears.
//
// Exit 0 says only that the workbench said so, and it says so too when the extension host has died: whoever starts this
// must ask the tests themselves for a file that says they ended (test/editor/run.ts does).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { format } from 'node:util';
import { findChromium } from './chromium.mjs';
import { parseCommandLine } from './command-line.mjs';
import { pageAddress } from './page-address.mjs';
import { startServer } from './server.mjs';

const LIMIT_MS = 1000 * Number(process.env.COUNTERSIGN_HOST_TIMEOUT ?? 600);
const VERBOSE = Boolean(process.env.COUNTERSIGN_HOST_VERBOSE);

/**
 * What the workbench writes to its console on every start and says nothing about the extension under test. The missing
 * bindings are its own log files and watchdog, which would have to be compiled on each machine.
 */
const NOISE =
  /^((Error: )?Could not locate the bindings file|(Error: )?Cannot find module '\.\/build\/Release\/watchdog'|Resolv(ing|ed) connection token|Creating a socket|\[(reconnection-grace-time|AgentHost|ChatModelSelection|AccountPolicyGate|Service Worker|driver)|Updating additional builtin|Ignoring fetching additional builtin|Canceled: Canceled|getaddrinfo ENOTFOUND)/;

const commandLine = parseCommandLine(process.argv.slice(2));
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-host-'));
let server;
let browser;
let leaving = false;

/** Ends everything that was started, removes what was written, and exits. */
async function leave(code, message) {
  if (leaving) return;
  leaving = true;
  if (message) console.error(message);
  // A browser that does not answer dies with this process, when its pipe closes.
  const patience = new Promise((resolve) => setTimeout(resolve, 5000));
  await Promise.race([browser?.close().catch(() => {}), patience]);
  server?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  process.exit(code);
}
process.on('SIGINT', () => leave(130));
process.on('SIGTERM', () => leave(143));
process.on('SIGHUP', () => leave(129));
process.on('uncaughtException', (error) => leave(70, error.stack));
process.on('unhandledRejection', (error) => leave(70, error instanceof Error ? error.stack : String(error)));
// Whoever started this may be killed without a chance to tell.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && leave(129), 1000);

const executablePath = findChromium();
if (!executablePath) await leave(69, 'No Chromium found. Run: npm run setup -- --test');

server = await startServer({
  folder,
  userData: commandLine.flag('user-data-dir'),
  extensions: commandLine.flag('extensions-dir'),
  // What starts VS Code for tests trusts every folder, unless the tests are about one that is not trusted.
  trust: commandLine.has('disable-workspace-trust') && !process.env.COUNTERSIGN_HOST_RESTRICTED,
  log: (text) => VERBOSE && process.stderr.write(text),
});
server.ended.then((why) => leave(71, `${why}\n${server.tail()}`));

const { chromium } = await import('playwright-core');
const profile = path.join(folder, 'chromium');
browser = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  chromiumSandbox: false, // refused to root and inside most containers
  viewport: { width: 1440, height: 900 },
  ignoreDefaultArgs: ['--enable-automation'],
  args: [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--remote-debugging-port=${commandLine.flag('remote-debugging-port') ?? 0}`,
  ],
  permissions: ['clipboard-read', 'clipboard-write'],
  handleSIGINT: false,
  handleSIGTERM: false,
  handleSIGHUP: false,
});
const [port] = readFileSync(path.join(profile, 'DevToolsActivePort'), 'utf8').split('\n');
const devTools = `http://127.0.0.1:${port}`;

const page = browser.pages()[0] ?? (await browser.newPage());
page.on('crash', () => leave(72, 'The page with VS Code crashed.'));
page.on('close', () => leave(72, 'The page with VS Code was closed.'));
if (VERBOSE)
  page.on('requestfailed', (request) => console.error('request failed', request.url(), request.failure()?.errorText));

await page.exposeFunction('codeAutomationLog', (type, values) => {
  const line = format(...values);
  if (!VERBOSE && NOISE.test(line)) return;
  (type === 'error' || type === 'warn' ? process.stderr : process.stdout).write(`${line}\n`);
});
await page.exposeFunction('codeAutomationExit', (code) => leave(typeof code === 'number' ? code : 1));

const address = pageAddress(server.authority, commandLine, { COUNTERSIGN_CDP: devTools });
await page.goto(address);
if (commandLine.has('extensionTestsPath')) {
  setTimeout(() => leave(124, `The tests did not end within ${LIMIT_MS / 1000} s.\n${server.tail()}`), LIMIT_MS);
} else {
  console.log(`VS Code is at ${address}\nDevTools protocol at ${devTools}`);
}
