import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('main.js', import.meta.url));

describe('countersign lsp', () => {
  let server: ChildProcess;
  let said = '';

  const start = (...args: string[]): void => {
    said = '';
    server = spawn(process.execPath, [PROGRAM, 'lsp', ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    server.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  };
  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const answered = async (id: number): Promise<void> => {
    while (!said.includes(`"id":${id}`)) await once(server.stdout!, 'data');
  };
  const initialize = async (processId: number | null): Promise<void> => {
    send({ id: 1, method: 'initialize', params: { processId, rootUri: null, capabilities: {} } });
    await answered(1);
    send({ method: 'initialized', params: {} });
  };

  afterEach(() => {
    server?.kill('SIGKILL');
  });

  it('answers as the language server does, and ends with 0 when it is told to', async () => {
    start('--stdio');
    await initialize(process.pid);
    assert.match(said, /"name":"countersign"/);
    send({ id: 2, method: 'shutdown' });
    await answered(2);
    const ended = once(server, 'exit');
    send({ method: 'exit' });
    assert.deepEqual(await ended, [0, null]);
  });

  it('ends with 1 when it is told to go without being asked to shut down', async () => {
    start('--stdio');
    await initialize(null);
    const ended = once(server, 'exit');
    send({ method: 'exit' });
    assert.deepEqual(await ended, [1, null]);
  });

  it('ends when its input does', async () => {
    start('--stdio');
    await initialize(null);
    const ended = once(server, 'exit');
    server.stdin?.end();
    assert.deepEqual(await ended, [1, null]);
  });

  it('ends when its editor is gone', async () => {
    const editor = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    start('--stdio');
    await initialize(editor.pid ?? 0);
    const gone = once(editor, 'exit');
    const ended = once(server, 'exit');
    editor.stdin?.end();
    await gone;
    assert.deepEqual(await ended, [1, null]);
  });

  it('ends at a signal', async () => {
    start('--stdio');
    await initialize(null);
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    assert.deepEqual(await ended, [null, 'SIGTERM']);
  });

  it('says what it needs', () => {
    const run = (...args: string[]) => spawnSync(process.execPath, [PROGRAM, 'lsp', ...args], { encoding: 'utf8' });
    assert.equal(run().status, 2);
    assert.match(run().stderr, /--stdio/);
    assert.match(run('--stdoi').stderr, /Did you mean "--stdio"/);
    assert.equal(run('--stdio', 'a.playbook.yaml').status, 2);
    const help = run('--help');
    assert.equal(help.status, 0);
    assert.match(help.stdout, /^countersign lsp --stdio/);
  });
});
