import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repository } from './repository.js';

describe('The code kept of our programs', function () {
  this.timeout(60_000); // whole processes, on a machine that may be busy
  let cache: string;
  beforeEach(() => {
    cache = mkdtempSync(path.join(tmpdir(), 'countersign-kept-'));
  });
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  const env = (): NodeJS.ProcessEnv => ({ ...process.env, XDG_CACHE_HOME: cache, LOCALAPPDATA: cache });
  const folder = (): string => path.join(cache, 'countersign', 'code');
  /** What is written again was not taken: it did not fit. */
  const written = (): readonly (readonly [string, number])[] =>
    readdirSync(folder()).map((name) => [name, statSync(path.join(folder(), name)).mtimeMs] as const);
  const program = (name: string): string => path.join(repository, 'dist', name);
  const playbook = path.join(repository, 'playbooks/contain-host.playbook.yaml');

  for (const words of [['check', playbook], ['boundary', playbook], ['--version'], ['keys', '--help']]) {
    it(`is taken by the next "countersign ${words[0]}"`, function () {
      if (process.platform === 'darwin') return this.skip(); // its folder cannot be named
      const run = (): number | null =>
        spawnSync(process.execPath, [program('cli.cjs'), ...words], { env: env() }).status;
      assert.equal(run(), 0);
      const first = written();
      assert.equal(first.length, 1);
      assert.equal(run(), 0);
      assert.deepEqual(written(), first);
    });
  }

  it('is taken by the next language server', async function () {
    if (process.platform === 'darwin') return this.skip();
    const run = async (): Promise<void> => {
      const server = spawn(process.execPath, [program('server.cjs'), '--stdio'], {
        env: env(),
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const ended = once(server, 'exit');
      for (const message of [
        { id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } },
        { id: 2, method: 'shutdown' },
        { method: 'exit' },
      ]) {
        const body = JSON.stringify({ jsonrpc: '2.0', ...message });
        server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      }
      server.stdout.resume();
      assert.deepEqual(await ended, [0, null]);
    };
    await run();
    const first = written();
    assert.equal(first.length, 1);
    await run();
    assert.deepEqual(written(), first);
  });
});
