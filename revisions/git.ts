import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Opened } from './tree.js';

/**
 * How git is run: without a shell, without a pager or a prompt, never over the network, and without what a repository's own
 * configuration could make it start. The name is looked up away from the repository, where somebody might have put another
 * program of that name.
 */
const SAFELY: readonly string[] = [
  '--no-pager',
  '--no-optional-locks',
  '--literal-pathspecs',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  // A partial clone would fetch what it lacks.
  '-c',
  'protocol.allow=never',
];

/** Where these point git is for whoever started us to say, and we name the repository ourselves. */
const DROPPED = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_EXTERNAL_DIFF', 'GIT_TRACE'];

function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' };
  for (const name of DROPPED) delete env[name];
  return env;
}

/** More than all playbooks of any project; what is beyond is refused, not cut off. */
const MOST = 256 * 1024 * 1024;
const MOST_SAID = 4096;

/**
 * What git answers, or why it does not, for a person.
 * @param input its standard input
 * @param fine exit codes that are no failure
 */
export function git(
  folder: string,
  args: readonly string[],
  input = '',
  fine: readonly number[] = [0],
): Promise<Opened<Buffer>> {
  return new Promise((resolve) => {
    const child = spawn('git', [...SAFELY, '-C', folder, ...args], {
      cwd: path.dirname(process.execPath),
      env: environment(),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const out: Buffer[] = [];
    let [length, said, tooMuch] = [0, '', false];
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MOST) out.push(chunk);
      else if (!tooMuch) {
        tooMuch = true;
        child.kill();
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < MOST_SAID) said += chunk.toString('utf8');
    });
    // It may end before it has read everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('error', (error) => resolve({ ok: false, reason: notStarted(error) }));
    child.on('close', (code) => {
      if (tooMuch) resolve({ ok: false, reason: `git answers with more than ${MOST / 1024 / 1024} MiB` });
      else if (code !== null && fine.includes(code)) resolve({ ok: true, value: Buffer.concat(out) });
      else resolve({ ok: false, reason: firstLine(said) });
    });
  });
}

/** As `git`, at once; for single files that are rarely asked for. */
export function gitNow(folder: string, args: readonly string[], input = ''): Opened<Buffer> {
  const { status, stdout, stderr, error } = spawnSync('git', [...SAFELY, '-C', folder, ...args], {
    cwd: path.dirname(process.execPath),
    env: environment(),
    input,
    maxBuffer: MOST,
    windowsHide: true,
  });
  if (error) return { ok: false, reason: notStarted(error) };
  return status === 0 ? { ok: true, value: stdout } : { ok: false, reason: firstLine(stderr.toString('utf8')) };
}

function notStarted(error: Error): string {
  return 'code' in error && error.code === 'ENOENT' ? 'git is not installed, or not on the PATH' : error.message;
}

function firstLine(said: string): string {
  const [line = ''] = said.trim().split('\n');
  return line.replace(/^(?:fatal|error): /, '').slice(0, 300) || 'git says nothing about why';
}
