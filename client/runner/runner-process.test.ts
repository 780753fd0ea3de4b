import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CancellationToken, LogOutputChannel, Uri } from 'vscode';
import type { RunParams } from '../../runner/protocol/messages.js';
import { type People, readTraceInProcess, redTeamInProcess, runInProcess } from './runner-process.js';

const jsonrpc = createRequire(import.meta.url).resolve('vscode-jsonrpc/node');
const PARAMS: RunParams = { playbook: '/p', case: '/c', trace: '/t', model: 'rehearsal', user: 'me' };
const RESULT = { ok: true, result: { outcome: 'completed' } };

describe('The runner process as the editor sees it', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-runner-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** An extension whose runner is this program; `rpc` is its connection. */
  function extension(program: string): Uri {
    mkdirSync(path.join(folder, 'dist'), { recursive: true });
    const start = `const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = require(${JSON.stringify(jsonrpc)});
      const rpc = createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));`;
    writeFileSync(path.join(folder, 'dist/runner.cjs'), `${start}\n${program}\nrpc.listen();`);
    return { fsPath: folder } as Uri;
  }

  const output = {
    info: () => undefined,
    debug: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  } as unknown as LogOutputChannel;
  const never = {
    isCancellationRequested: false,
    onCancellationRequested: () => ({ dispose: () => undefined }),
  } as unknown as CancellationToken;
  const nobody: People = {
    approve: async () => undefined,
    task: async () => undefined,
    undo: async () => undefined,
  };

  it('hands over the run, its events in order, and the answers of people', async () => {
    const program = `rpc.onRequest('runner/run', async (params) => {
      for (const seq of [0, 1, 2]) await rpc.sendNotification('runner/event', { seq });
      const answer = await rpc.sendRequest('runner/approve', { gate: 'g' });
      return { ok: true, result: { params, answer } };
    });`;
    const seen: number[] = [];
    const people: People = {
      ...nobody,
      approve: async ({ gate }) => ({ decision: 'reject', as: 'cy', reason: `no to ${gate}` }),
    };
    const reply = await runInProcess(extension(program), output, PARAMS, people, ({ seq }) => seen.push(seq), never);
    assert.deepEqual(seen, [0, 1, 2]);
    assert.deepEqual(reply, {
      ok: true,
      result: { params: PARAMS, answer: { decision: 'reject', as: 'cy', reason: 'no to g' } },
    });
  });

  it('tells the runner of silence by an error, never by an answer', async () => {
    const program = `rpc.onRequest('runner/run', () => rpc.sendRequest('runner/approve', {}).then(
      (answer) => ({ ok: false, message: 'answered: ' + JSON.stringify(answer) }),
      (error) => ({ ok: false, message: 'silence ' + error.code })));`;
    const reply = await runInProcess(extension(program), output, PARAMS, nobody, () => undefined, never);
    assert.deepEqual(reply, { ok: false, message: 'silence -32800' });
  });

  it('passes a cancelled run on to the runner, which ends it', async () => {
    const listeners: (() => void)[] = [];
    const token = {
      isCancellationRequested: false,
      onCancellationRequested: (listener: () => void) => {
        listeners.push(listener);
        return { dispose: () => undefined };
      },
    } as unknown as CancellationToken;
    const program = `rpc.onRequest('runner/run', (params, token) => new Promise((resolve) => {
      token.onCancellationRequested(() => resolve({ ok: true, result: { outcome: 'cancelled' } }));
      rpc.sendNotification('runner/event', { seq: 0 });
    }));`;
    const cancel = () => {
      for (const listener of listeners) listener();
    };
    const reply = await runInProcess(extension(program), output, PARAMS, nobody, cancel, token);
    assert.deepEqual(reply, { ok: true, result: { outcome: 'cancelled' } });
  });

  it('answers with what happened when the runner dies or is not there', async () => {
    const dead = await runInProcess(extension('process.exit(7)'), output, PARAMS, nobody, () => undefined, never);
    assert.match(dead.ok ? '' : dead.message, /ended with code 7/);
    const dying = `rpc.onRequest('runner/run', () => process.kill(process.pid, 'SIGKILL'));`;
    const killed = await runInProcess(extension(dying), output, PARAMS, nobody, () => undefined, never);
    assert.match(killed.ok ? '' : killed.message, /ended with SIGKILL/);
    rmSync(path.join(folder, 'dist/runner.cjs'));
    const missing = await readTraceInProcess({ fsPath: folder } as Uri, output, '/t', () => undefined);
    assert.match(missing.ok ? '' : missing.message, /could not finish/);
  });

  it('reads a trace in parts, however large it is', async () => {
    const program = `rpc.onRequest('runner/readTrace', async ({ inParts }) => {
      for (const part of [[{ seq: 0 }], [{ seq: 1 }, { seq: 2 }]]) await rpc.sendNotification('runner/lines', part);
      return { ok: true, lines: [], verification: { inParts } };
    });`;
    const seen: number[][] = [];
    const reply = await readTraceInProcess(extension(program), output, '/t', (part) => {
      seen.push(part.map(({ seq }) => seq));
    });
    assert.deepEqual(seen, [[0], [1, 2]]);
    assert.deepEqual(reply, { ok: true, lines: [], verification: { inParts: true } });
  });

  it('hands over a red team, and tells when the runner dies over it', async () => {
    const program = `rpc.onRequest('runner/redteam', ({ user }) => user === 'me' ? { ok: true, runs: 3 } : process.exit(7));`;
    const asked = (user: string) =>
      redTeamInProcess(extension(program), output, { playbook: '/p', case: '/c', user }, never);
    assert.deepEqual(await asked('me'), { ok: true, runs: 3 });
    const dead = await asked('other');
    assert.match(dead.ok ? '' : dead.message, /ended with code 7/);
  });

  it('keeps the key of the environment to itself', async () => {
    const before = process.env.ANTHROPIC_API_KEY;
    process.env.ANTHROPIC_API_KEY = 'not-for-the-child';
    try {
      const program = `rpc.onRequest('runner/readTrace', ({ path }) => ({ ok: false, message: path + ' ' + String(process.env.ANTHROPIC_API_KEY) }));`;
      const reply = await readTraceInProcess(extension(program), output, '/t', () => undefined);
      assert.deepEqual(reply, { ok: false, message: '/t undefined' });
    } finally {
      if (before === undefined) delete process.env.ANTHROPIC_API_KEY;
      else process.env.ANTHROPIC_API_KEY = before;
    }
  });

  it('writes that the runner complained into the log, and what it said only at the level Debug', async () => {
    const program = `rpc.onRequest('runner/run', () => { process.stderr.write('careful'); return ${JSON.stringify(RESULT)}; });`;
    const levels = ['info', 'debug'] as const;
    const heard = Promise.all(
      levels.map((level) => new Promise<string>((resolve) => Object.assign(output, { [level]: resolve }))),
    );
    await runInProcess(extension(program), output, PARAMS, nobody, () => undefined, never);
    const [info, debug] = await heard;
    assert.match(info ?? '', /^runner: \(1 line of text/);
    assert.equal(debug, 'runner: careful');
  });
});
