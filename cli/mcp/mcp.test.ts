import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { build } from 'esbuild';
import { ASSISTANT_TOOLS, MAX_REPLY, verifyTrace } from '../../runner/index.js';

const PROGRAM = process.env.COUNTERSIGN_CLI ?? fileURLToPath(new URL('../main.js', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../../../playbooks', import.meta.url));
const SOURCE = fileURLToPath(new URL('../../../cli/mcp/serve.ts', import.meta.url));
const RUN = { playbook: 'identity-takeover.playbook.yaml', case: 'cases/password-spray.case.yaml' };

describe('countersign mcp', () => {
  let scratch: string;
  let home: string;
  before(() => {
    scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'countersign-mcp-')));
    home = path.join(scratch, 'samples');
    cpSync(SAMPLES, home, { recursive: true });
    writeFileSync(path.join(scratch, 'secret.playbook.yaml'), 'playbook: secret\n');
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));
  const traces = (): readonly string[] => {
    const folder = path.join(home, 'traces');
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.trace.jsonl')) : [];
  };

  describe('to a client', () => {
    let client: Client;
    const asked: string[] = [];
    before(async () => {
      // A client that can do everything a server may ask for, and notes what it is asked.
      client = new Client(
        { name: 'test', version: '1' },
        { capabilities: { sampling: {}, elicitation: {}, roots: { listChanged: true } } },
      );
      client.fallbackRequestHandler = async ({ method }) => {
        asked.push(method);
        throw new Error('no');
      };
      await client.connect(
        new StdioClientTransport({ command: process.execPath, args: [PROGRAM, 'mcp', home], stderr: 'inherit' }),
      );
    });
    after(() => client.close());
    const call = async (name: string, input: Record<string, unknown>): Promise<{ ok: boolean; text: string }> => {
      const result = await client.request(
        { method: 'tools/call', params: { name, arguments: input } },
        CallToolResultSchema,
      );
      const [block] = result.content;
      assert.ok(result.content.length === 1 && block?.type === 'text');
      return { ok: result.isError !== true, text: block.text };
    };

    it('offers its four tools, and says which of them write', async () => {
      const { tools } = await client.listTools();
      assert.deepEqual(
        tools.map(({ name }) => name),
        [...ASSISTANT_TOOLS],
      );
      assert.deepEqual(
        tools.filter(({ annotations }) => annotations?.readOnlyHint !== true).map(({ name }) => name),
        ['countersign_dry_run'],
      );
      assert.ok(tools.every(({ annotations }) => annotations?.openWorldHint === false));
      assert.deepEqual(Object.keys(client.getServerCapabilities() ?? {}), ['tools']);
    });

    it('checks, explains and shows what may be done', async () => {
      const checked = await call('countersign_validate', { file: RUN.playbook });
      assert.equal(JSON.parse(checked.text).errors, 0);
      assert.match((await call('countersign_explain', { rule: 'ungated-act' })).text, /"why"/);
      const { verdicts } = JSON.parse((await call('countersign_boundary', { file: RUN.playbook })).text);
      assert.ok(verdicts.proven > 0);
    });

    it('dry-runs offline, with a trace that verifies, and asks the client for nothing', async () => {
      const { ok, text } = await call('countersign_dry_run', RUN);
      assert.ok(ok, text);
      const { outcome, trace } = JSON.parse(text);
      assert.equal(outcome, 'completed');
      assert.equal((await verifyTrace(path.join(home, trace))).valid, true);
      assert.deepEqual(asked, []);
    });

    it('refuses what leads out of the folder, is too long, of another type or unknown, and goes on', async () => {
      const before = traces();
      for (const [tool, input] of [
        ['countersign_validate', { file: '../secret.playbook.yaml' }],
        ['countersign_validate', { file: path.join(scratch, 'secret.playbook.yaml') }],
        ['countersign_validate', { file: RUN.playbook, text: 'x'.repeat(2 ** 20 + 1) }],
        ['countersign_validate', { file: 'x'.repeat(5_000) }],
        ['countersign_validate', { file: 1 }],
        ['countersign_validate', { file: RUN.playbook, more: true }],
        ['countersign_validate', { file: [RUN.playbook] }],
        ['countersign_boundary', {}],
        ['countersign_dry_run', { ...RUN, approvals: 'approve-all' }],
        ['countersign_dry_run', { ...RUN, decision: 'approve', as: 'ana@soc.example' }],
        ['countersign_dry_run', { ...RUN, case: '../../etc/passwd' }],
        ['countersign_approve', { gate: 'x' }],
        ['__proto__', {}],
      ] as const) {
        const { ok, text } = await call(tool, input);
        assert.equal(ok, false, `${tool}: ${text}`);
        assert.ok(text.length > 20 && text.length < MAX_REPLY);
        assert.doesNotMatch(text, /A fault inside/);
      }
      assert.deepEqual(traces(), before);
      assert.equal((await call('countersign_validate', { file: RUN.playbook })).ok, true);
    });
  });

  describe('as a process', () => {
    let server: ChildProcessWithoutNullStreams;
    let said = '';
    let complained = '';
    const start = (): void => {
      said = '';
      complained = '';
      server = spawn(process.execPath, [PROGRAM, 'mcp', home]);
      server.stdin.on('error', () => undefined);
      server.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      server.stderr.setEncoding('utf8').on('data', (text: string) => {
        complained += text;
      });
    };
    const send = (message: object): void => {
      server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    };
    const heard = async (text: string): Promise<void> => {
      while (!said.includes(text)) await once(server.stdout, 'data');
    };
    const greet = async (): Promise<void> => {
      const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
      send({ id: 1, method: 'initialize', params });
      await heard('"id":1');
      send({ method: 'notifications/initialized' });
    };
    afterEach(() => {
      server?.kill('SIGKILL');
    });

    it('ends with 0 when its input ends, and when it is told to', async () => {
      start();
      await greet();
      let ended = once(server, 'exit');
      server.stdin.end();
      assert.deepEqual(await ended, [0, null]);
      start();
      await greet();
      ended = once(server, 'exit');
      server.kill('SIGTERM');
      assert.deepEqual(await ended, [0, null]);
      assert.equal(complained, '');
    });

    it('passes over what is no message', async () => {
      start();
      await greet();
      server.stdin.write('no JSON at all\n{"jsonrpc":"2.0","id":7}\n[]\nnull\n\u0000\n');
      server.stdin.write(`{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":7}}\n`);
      server.stdin.write(`${'['.repeat(100_000)}\n`);
      send({ id: 9, method: 'tools/list' });
      await heard('"id":9');
      assert.match(said, /"id":8,"error"/);
    });

    it('ends with 5, and says why, at a message without end', async () => {
      start();
      await greet();
      const ended = once(server, 'exit');
      const piece = 'x'.repeat(1024 * 1024);
      for (let written = 0; written < 9; written++) server.stdin.write(piece);
      assert.deepEqual(await ended, [5, null]);
      assert.match(complained, /more than 8388608 bytes/);
    });

    it('ends a dry run before its next effect when the client cancels it', async () => {
      start();
      await greet();
      const before = traces().length;
      send({ id: 2, method: 'tools/call', params: { name: 'countersign_dry_run', arguments: RUN } });
      send({ method: 'notifications/cancelled', params: { requestId: 2 } });
      send({
        id: 3,
        method: 'tools/call',
        params: { name: 'countersign_validate', arguments: { file: RUN.playbook } },
      });
      await heard('"id":3');
      const ended = once(server, 'exit');
      server.stdin.end();
      assert.deepEqual(await ended, [0, null]);
      // A request that was cancelled is not answered.
      assert.doesNotMatch(said, /"id":2[,}]/);
      for (const name of traces().slice(before)) {
        assert.equal((await verifyTrace(path.join(home, 'traces', name))).valid, true);
      }
    });

    it('says what it needs', () => {
      const run = (...args: string[]) => spawnSync(process.execPath, [PROGRAM, 'mcp', ...args], { encoding: 'utf8' });
      assert.equal(run().status, 2);
      assert.match(run().stderr, /Which folder/);
      assert.equal(run(home, '--http').status, 2);
      assert.equal(run(path.join(scratch, 'nowhere')).status, 3);
      assert.equal(run(path.join(scratch, 'secret.playbook.yaml')).status, 3);
      const help = run('--help');
      assert.equal(help.status, 0);
      assert.match(help.stdout, /^countersign mcp FOLDER/);
    });
  });

  it('brings no server for a network along', async () => {
    const { metafile } = await build({
      entryPoints: [SOURCE],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'silent',
    });
    const inputs = Object.keys(metafile.inputs);
    const external = Object.values(metafile.inputs).flatMap(({ imports }) =>
      imports.filter(({ external }) => external).map(({ path: name }) => name.replace(/^node:/, '')),
    );
    assert.ok(inputs.some((file) => file.includes('@modelcontextprotocol/sdk')));
    assert.deepEqual(
      inputs.filter((file) =>
        /node_modules\/(express|hono|@hono|ws)\/|server\/(streamableHttp|webStandard|sse|express)/i.test(file),
      ),
      [],
    );
    assert.deepEqual(
      external.filter((name) => ['http', 'https', 'http2', 'net', 'tls', 'dgram'].includes(name)),
      [],
    );
  });
});
