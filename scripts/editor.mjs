// `npm run editor`: a real VS Code with the extension loaded and the sample folder open. Desktop VS Code when `code` is in
// PATH; otherwise VS Code for the browser from test/host, which stays until Ctrl+C. COUNTERSIGN_VSCODE=host|desktop chooses.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCommandLine } from '../test/host/command-line.mjs';
import { pageAddress } from '../test/host/page-address.mjs';
import { startServer } from '../test/host/server.mjs';
import { orExplain, SetupError, setUp, setUpEditor } from './setup.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const words = [`--extensionDevelopmentPath=${root}`, path.join(root, 'playbooks')];
const say = (line) => console.log(line);
const windows = process.platform === 'win32';
const chosen = process.env.COUNTERSIGN_VSCODE;
const FIRST_STEP = 'Start with "Get started with Countersign" on its Welcome page (menu Help, Welcome).';

await orExplain(async () => {
  await setUp(say);
  const desktop = chosen !== 'host' && spawnSync('code', ['--version'], { shell: windows }).status === 0;
  if (chosen === 'desktop' && !desktop) throw new SetupError('COUNTERSIGN_VSCODE=desktop, and `code` is not in PATH.');
  if (desktop) openDesktop();
  else {
    setUpEditor(say, { browser: false });
    await serve();
  }
});

function openDesktop() {
  const code = spawn('code', words, { stdio: 'inherit', shell: windows });
  code.on('exit', (status) => process.exit(status ?? 1));
  say(`VS Code opens with the extension loaded and playbooks/ open. ${FIRST_STEP}`);
}

async function serve() {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-editor-'));
  showWelcomePage(folder);
  let server;
  const leave = (code) => {
    server?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => leave(0));
  say('Starting VS Code …');
  try {
    server = await startServer({ folder, trust: true });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    leave(1);
  }
  server.ended.then((why) => {
    console.error(`${why}\n${server.tail()}`);
    leave(1);
  });
  say(`\nVS Code is at\n\n  ${pageAddress(server.authority, parseCommandLine(words))}\n`);
  say(`Open the address in a browser on this machine. ${FIRST_STEP}`);
  say('It edits the files in playbooks/ themselves and is reachable from this machine only. Ctrl+C ends it.');
}

/** Tests want nothing to open by itself; somebody new wants to see where to begin. */
function showWelcomePage(folder) {
  const quiet = JSON.parse(readFileSync(path.join(root, 'test/host/settings.json'), 'utf8'));
  const user = path.join(folder, 'user-data/User');
  mkdirSync(user, { recursive: true });
  const settings = { ...quiet, 'workbench.startupEditor': 'welcomePage' };
  writeFileSync(path.join(user, 'settings.json'), JSON.stringify(settings, null, 2));
}
