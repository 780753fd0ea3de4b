import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { buildCatalog } from '../../../language/model/build-catalog.js';
import { parseYaml } from '../../../language/syntax/parse.js';
import { testClock } from '../../engine/scenario.test.js';
import { systemClock } from '../../system.js';
import type { ToolAnswer } from '../port.js';
import { schemaCheck } from '../schema-check.js';
import { type LiveTools, openLive } from './live.js';
import { type Listing, testServer } from './test-server.test.js';

const TOOLS = buildCatalog(
  'file:///c.tools.yaml',
  parseYaml(`catalog: c
tools:
  siem.search:
    { description: d, effect: read, input: { query: { type: string } }, output: { found: { type: integer }, note: { type: string } }, backend: { mcp: { server: siem, tool: search } } }
  siem.delete:
    { description: d, effect: evict, input: { query: { type: string } }, output: { found: { type: integer } }, backend: { mcp: { server: siem, tool: other } } }
  siem.recorded: { description: d, effect: read, input: {}, output: {} }
`).root,
).tools;
const SERVER = fileURLToPath(new URL('./test-server.test.js', import.meta.url));
const NEVER = new AbortController().signal;

const tool = (name: string) => {
  const found = TOOLS.get(name);
  assert.ok(found);
  return found;
};

describe('live tools', () => {
  let folder: string;
  const opened: LiveTools[] = [];
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-live-'));
  });
  afterEach(async () => {
    for (const live of opened.splice(0)) await live.close();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const open = (text: string, clock = systemClock, environment: { [name: string]: string } = {}) => {
    const file = path.join(folder, 'servers.yaml');
    writeFileSync(file, text);
    const options = { path: file, environment };
    return openLive({ options, tools: [...TOOLS.values()], schemas: schemaCheck(), clock, signal: NEVER });
  };
  const started = async (text: string, clock = systemClock, environment = {}): Promise<LiveTools> => {
    const result = await open(text, clock, environment);
    assert.ok(result.ok, result.ok ? '' : result.message);
    opened.push(result.live);
    return result.live;
  };
  const stdio = (listing: Listing, more = ''): string =>
    `servers:\n  siem:\n    command: [${JSON.stringify(process.execPath)}, ${JSON.stringify(SERVER)}, ${listing}]\n${more}`;
  const ask = async (live: LiveTools, query: string, signal = NEVER): Promise<ToolAnswer> =>
    structuredClone(await live.call({ tool: tool('siem.search'), arguments: { query }, simulate: false }, signal));
  const refused = async (text: string, clock = systemClock): Promise<string> => {
    const result = await open(text, clock);
    if (result.ok) opened.push(result.live);
    assert.ok(!result.ok, 'it was opened');
    return result.message.replace(`${folder}${path.sep}servers.yaml`, '');
  };
  const errorOf = (answer: ToolAnswer): string => {
    assert.ok(!answer.ok, 'it was answered');
    assert.equal(answer.source, 'mcp:siem');
    return answer.error;
  };

  /** A server on this machine, in this process. */
  async function withHttp(
    handle: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
    use: (url: string) => Promise<void>,
  ): Promise<void> {
    const http: HttpServer = createServer((request, response) => void handle(request, response));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    try {
      await use(`http://127.0.0.1:${port}/mcp`);
      for (const live of opened.splice(0)) await live.close();
    } finally {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    }
  }
  const mcpOverHttp = (seen: IncomingMessage[] = []) => {
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => 'session-1' });
    const ready = testServer('honest', () => undefined).connect(
      transport as Parameters<ReturnType<typeof testServer>['connect']>[0],
    );
    return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      seen.push(request);
      await ready;
      await transport.handleRequest(request, response);
    };
  };

  describe('over standard input and output', () => {
    it('answer what the catalog describes, and nothing else of what the server says', async () => {
      const live = await started(stdio('honest'));
      assert.deepEqual(await ask(live, 'structured'), {
        ok: true,
        output: { found: 3, note: 'x' },
        source: 'mcp:siem',
      });
      assert.deepEqual(await ask(live, 'text'), {
        ok: true,
        output: { found: 4, note: '<b>\u202e' },
        source: 'mcp:siem',
      });
      assert.match(errorOf(await ask(live, 'prose')), /something other than the fields/);
      assert.match(errorOf(await ask(live, 'other')), /"found" must be integer/);
      assert.match(errorOf(await ask(live, 'nothing')), /"found" is missing/);
    });

    it('are told of in the trace by digest, without arguments, and secrets stay out', async () => {
      const live = await started(stdio('honest', '    env-from: { TOKEN: MINE }\n'), systemClock, { MINE: 'hush' });
      const [server] = live.opened;
      assert.deepEqual(
        [server?.server, server?.transport, server?.address],
        ['siem', 'stdio', path.basename(process.execPath)],
      );
      assert.deepEqual(
        server?.tools.map(({ tool: name, name: own, note }) => [name, own, note]),
        [['siem.search', 'search', null]],
      );
      assert.match(server?.tools[0]?.digest ?? '', /^sha256:[0-9a-f]{64}$/);
      assert.doesNotMatch(JSON.stringify(live.opened), /hush|test-server/);
    });

    it('start the server with what was named for it and little else', async () => {
      const live = await started(stdio('honest', '    env: { REGION: "eu" }\n'));
      const answer = await ask(live, 'environment');
      assert.ok(answer.ok);
      const names = String((answer.output as { note: string }).note).split(' ');
      assert.ok(names.includes('REGION'));
      const allowed = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER', 'REGION'];
      if (process.platform === 'linux')
        assert.deepEqual(
          names.filter((name) => !allowed.includes(name)),
          [],
        );
      assert.ok(!names.includes('ANTHROPIC_API_KEY'));
    });

    it('call only what reads, and only what is bound', async () => {
      const live = await started(stdio('honest'));
      assert.deepEqual(
        ['siem.search', 'siem.delete', 'siem.recorded'].map((name) => live.takes(tool(name))),
        [true, false, false],
      );
      for (const [name, simulate] of [
        ['siem.delete', false],
        ['siem.search', true],
        ['siem.recorded', false],
      ] as const) {
        const answer = await live.call({ tool: tool(name), arguments: { query: 'structured' }, simulate }, NEVER);
        assert.ok(!answer.ok && /not bound to a live server/.test(answer.error), name);
      }
    });

    it('outlive an error, a malformed answer and lines that are no messages', async () => {
      const live = await started(stdio('honest'));
      assert.equal(errorOf(await ask(live, 'error')), 'siem.search failed: no such index.');
      assert.match(errorOf(await ask(live, 'throw')), /answered with an error: .*broken inside/);
      assert.match(errorOf(await ask(live, 'malformed')), /gave no answer: its answer is not one of the protocol/);
      assert.ok((await ask(live, 'garbage')).ok);
      assert.match(errorOf(await ask(live, 'large')), /at most 262144 are taken/);
      assert.ok((await ask(live, 'structured')).ok);
    });

    it('end with the server: it died, or sent more than one message may have', async () => {
      for (const end of ['die', 'huge']) {
        const live = await started(stdio('honest'));
        assert.match(errorOf(await ask(live, end)), /connection ended/, end);
        assert.match(errorOf(await ask(live, 'structured')), /gave no answer/, end);
      }
    });

    it('wait no longer than they may, nor after the run ended', async () => {
      const clock = testClock();
      const live = await started(stdio('honest', '    timeout: 20s\n'));
      const cancel = new AbortController();
      const hanging = ask(live, 'hang', cancel.signal);
      cancel.abort();
      assert.match(errorOf(await hanging), /run ended/);
      assert.ok((await ask(live, 'structured')).ok);
      const impatient = await started(stdio('honest', '    timeout: 20s\n'), {
        ...clock,
        // The start may take as long as it takes; a call gets no time at all.
        sleep: (ms, signal) => (ms === 20_000 ? Promise.resolve() : clock.sleep(ms, signal)),
      });
      assert.match(errorOf(await ask(impatient, 'hang')), /did not answer within 20 seconds/);
    });

    it('refuse what a server asks for: a model, files, a person', async () => {
      const live = await started(stdio('honest'));
      const answer = await ask(live, 'ask');
      assert.deepEqual(answer, {
        ok: true,
        output: { found: 0, note: 'rejected rejected rejected' },
        source: 'mcp:siem',
      });
    });

    it('call no tool that is described in another way than at the start', async () => {
      const live = await started(stdio('honest'));
      assert.ok((await ask(live, 'rug')).ok);
      const both = await Promise.all([ask(live, 'structured'), ask(live, 'structured')]);
      for (const answer of both) assert.match(errorOf(answer), /describes it in another way/);
      assert.ok(live.takes(tool('siem.search')), 'it would be answered from somewhere else');
    });
  });

  describe('keep a run from starting', () => {
    const CASES: readonly [Listing, RegExp][] = [
      ['writing', /says of "search" that it does not only read/],
      ['destructive', /says of "search" that it may destroy/],
      ['missing', /has no tool "search"/],
      ['twice', /more than one tool "search"/],
      ['endless', /more than 20 pages/],
    ];
    for (const [listing, message] of CASES) {
      it(`with a server that is ${listing}`, async () => {
        assert.match(await refused(stdio(listing)), message);
      });
    }
    it('with a server that says nothing', async () => {
      const clock = testClock();
      assert.match(await refused(stdio('silent'), { ...clock, sleep: () => Promise.resolve() }), /within 30 seconds/);
    });
    it('with a program that is not there, or is no server', async () => {
      assert.match(await refused('servers: { siem: { command: [/nowhere/at-all] } }'), /no such program/);
      const node = JSON.stringify(process.execPath);
      assert.match(
        await refused(`servers: { siem: { command: [${node}, -e, "process.exit(1)"] } }`),
        /connection ended/,
      );
    });
    it('where no tool is bound to a server of the file', async () => {
      assert.match(await refused('servers: { other: { command: [/nowhere] } }'), /No tool of this playbook/);
    });
    it('but not with another idea of the arguments: that is said', async () => {
      const live = await started(stdio('other-input'));
      assert.equal(
        live.opened[0]?.tools[0]?.note,
        'it takes another type for "query"; it needs "site", which the catalog does not give',
      );
    });
  });

  describe('over HTTP', () => {
    it('answer, with the headers named for the server', async () => {
      const seen: IncomingMessage[] = [];
      await withHttp(mcpOverHttp(seen), async (url) => {
        const live = await started(
          `servers: { siem: { url: "${url}?key=a", headers-from: { Authorization: MINE } } }`,
          systemClock,
          { MINE: 'Bearer hush' },
        );
        assert.deepEqual(await ask(live, 'structured'), {
          ok: true,
          output: { found: 3, note: 'x' },
          source: 'mcp:siem',
        });
        assert.ok(seen.every(({ headers }) => headers.authorization === 'Bearer hush'));
        assert.deepEqual([live.opened[0]?.transport, live.opened[0]?.address], ['http', new URL(url).origin]);
        assert.match(errorOf(await ask(live, 'huge')), /gave no answer: its answer has more than 4194304 bytes/);
        assert.ok((await ask(live, 'structured')).ok);
      });
    });

    it('do not wait for the rest of an answer that was cut off', async () => {
      const mcp = mcpOverHttp();
      let cutting = false;
      const cut = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
        if (request.method !== 'POST' || !cutting) return mcp(request, response);
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: message\ndata: {"jsonrpc"');
        setImmediate(() => response.destroy());
      };
      await withHttp(cut, async (url) => {
        const live = await started(`servers: { siem: { url: "${url}" } }`);
        cutting = true;
        assert.match(errorOf(await ask(live, 'structured')), /gave no answer: ./);
      });
    });

    it('go nowhere else when they are sent on', async () => {
      let elsewhere = 0;
      await withHttp(
        () => {
          elsewhere++;
        },
        (other) =>
          withHttp(
            (_, response) => {
              response.writeHead(307, { location: other }).end();
            },
            async (url) => {
              assert.match(await refused(`servers: { siem: { url: "${url}" } }`), /cannot be used/);
            },
          ),
      );
      assert.equal(elsewhere, 0);
    });

    for (const [what, answer] of [
      ['refuses', (response: ServerResponse) => response.writeHead(401).end('who are you?')],
      ['is broken', (response: ServerResponse) => response.writeHead(500).end('<html>')],
      [
        'says what is no JSON',
        (response: ServerResponse) => response.writeHead(200, { 'content-type': 'application/json' }).end('<html>'),
      ],
      ['hangs up', (response: ServerResponse) => response.destroy()],
    ] as const) {
      it(`keep a run from starting when the server ${what}`, async () => {
        await withHttp(
          (_, response) => void answer(response),
          async (url) =>
            assert.match(await refused(`servers: { siem: { url: "${url}" } }`), /The server "siem" cannot be used: ./),
        );
      });
    }
  });
});
