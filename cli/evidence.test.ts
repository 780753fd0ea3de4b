import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TraceLine } from '../runner/index.js';
import { Folder } from './command.test.js';

const SERVER = fileURLToPath(new URL('../runner/tools/live/test-server.test.js', import.meta.url));
const LIBRARY = fileURLToPath(new URL('../../playbooks/', import.meta.url));
const ALERT = path.join(LIBRARY, 'alerts/quiet-beacon.alert.json');

const FILES = {
  'siem.tools.yaml': `catalog: siem
tools:
  siem.search:
    { description: Search., effect: read, reversible: true, idempotent: true, input: { query: { type: string } }, output: { found: { type: integer }, note: { type: string } }, backend: { mcp: { server: siem, tool: search } } }
  siem.count:
    { description: Count., effect: read, reversible: true, idempotent: true, input: { host: { type: string } }, output: { events: { type: integer } }, backend: { evidence: "SELECT count(*) AS events FROM connections WHERE host = :host" } }
  siem.block:
    { description: Block., effect: contain, reversible: true, undo: siem.unblock, idempotent: true, target: query, input: { query: { type: string } }, output: { found: { type: integer } }, backend: { mcp: { server: siem, tool: search } } }
  siem.unblock:
    { description: Unblock., effect: restore, reversible: true, idempotent: true, target: query, input: { query: { type: string } }, output: {} }
`,
  'siem.policy.yaml': 'policy: siem\nroles:\n  analyst: [ana@soc.example, bo@soc.example, fay@soc.example]\n',
  'siem.playbook.yaml': `playbook: siem
version: 1.0.0
title: Ask a server
operating-model: tool-assisted
owner: tests
accountable: analyst
catalogs: [siem.tools.yaml]
policy: siem.policy.yaml
trigger: { class: detection_finding }
steps:
  - id: search
    action: siem.search
    with: { query: structured }
    on-error: continue
  - id: count
    action: siem.count
    with: { host: ops-lap-0217 }
    on-error: continue
  - id: ask
    gate: { ask: Block it?, grants: [block], approvers: { roles: [analyst] }, timeout: 15m }
  - id: block
    action: siem.block
    with: { query: die }
`,
  'siem.case.yaml': `case: siem
playbook: siem
alert: ${ALERT}
events: { connections: events/connections.jsonl }
answers:
  - { tool: siem.search, with: { query: structured }, output: { found: 99, note: recorded } }
approvals:
  - { gate: ask, as: ana@soc.example, decision: approve }
expect: { outcome: completed, acts: { must: [siem.block] } }
`,
  'events/connections.jsonl': '{"host":"ops-lap-0217"}\n{"host":"hr-lap-0412"}\n{"host":"ops-lap-0217"}\n',
  'servers.yaml': `servers:\n  siem:\n    command: [${JSON.stringify(process.execPath)}, ${JSON.stringify(SERVER)}, honest]\n`,
};

describe('countersign run, what answers', function () {
  this.timeout(60_000); // each test starts processes
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder(FILES);
  });
  afterEach(() => folder.remove());

  const run = (...more: readonly string[]) =>
    folder.run('run', 'siem.playbook.yaml', '--case', 'siem.case.yaml', '--trace', 'one.trace.jsonl', ...more);
  const lines = (): readonly TraceLine[] =>
    folder
      .read('one.trace.jsonl')
      .trimEnd()
      .split('\n')
      .map((line): TraceLine => JSON.parse(line));
  const executed = (): readonly (readonly unknown[])[] =>
    lines().flatMap((line) =>
      line.event === 'executed' ? [[line.data.tool, line.data.source, line.data.simulated, line.data.ok]] : [],
    );

  it('asks no server unless it is told to: recordings and event data answer', () => {
    const { code, err } = run();
    assert.equal(code, 0, err);
    assert.doesNotMatch(err, /go to the server/);
    assert.deepEqual(executed(), [
      ['siem.search', 'recorded', false, true],
      ['siem.count', 'evidence', false, true],
      ['siem.block', 'simulated', true, true],
    ]);
    const [first] = lines();
    assert.ok(first?.event === 'run.opened');
    assert.equal(first.data.live, undefined);
    assert.deepEqual(
      first.data.events?.map(({ table, file }) => [table, path.basename(file)]),
      [['connections', 'connections.jsonl']],
    );
  });

  it('asks a server of the file it is given for what only reads, and still simulates the rest', () => {
    const { code, err } = run('--live', 'servers.yaml');
    assert.equal(code, 0, err);
    assert.match(err, /Calls of siem\.search go to the server "siem" \(node/);
    // Had the server been asked to block, it would have died of it.
    assert.deepEqual(executed(), [
      ['siem.search', 'mcp:siem', false, true],
      ['siem.count', 'evidence', false, true],
      ['siem.block', 'simulated', true, true],
    ]);
    assert.equal(folder.run('verify', 'one.trace.jsonl').code, 0);
  });

  it('does not start where the server cannot be used as the catalog has it, and leaves nothing behind', () => {
    folder.write('servers.yaml', FILES['servers.yaml'].replace('honest', 'writing'));
    const { code, err } = run('--live', 'servers.yaml');
    assert.equal(code, 2);
    assert.match(err, /servers\.yaml The server "siem" cannot be used: it says of "search" that it does not only read/);
    assert.throws(() => lines(), /ENOENT/);
  });

  it('says where a file of servers is not understood, and never what its values are', () => {
    for (const [text, place] of [
      ['servers:\n  siem:\n    command: node hush\n', 3],
      ['servers:\n  siem: { url: "http://siem.example/hush" }\n', 2],
      ['servers:\n  siem: { url: "https://me:hush@siem.example/" }\n', 2],
      ['servers:\n  siem: { command: [node], password: hush }\n', 2],
      ['servers:\n  siem: { command: [node], env-from: { A: COUNTERSIGN_HUSH } }\n', 2],
      ['servers:\n  siem: { command: [node], timeout: hush }\n', 2],
      ['servers:\n  siem: { url: "https://siem.example", headers: { "a\\nb": hush } }\n', 2],
      ['servers:\n  siem: { url: "https://siem.example", headers: { a: "x\\nhush" } }\n', 2],
      ['servers:\n  siem: { command: [node], env: { A: "hush\\0" } }\n', 2],
      ['servers:\n  Siem: { command: [hush] }\n', 2],
      ['server: hush\n', 1],
      ['- hush\n', 1],
    ] as const) {
      folder.write('servers.yaml', text);
      const { code, err } = run('--live', 'servers.yaml');
      assert.equal(code, 2, text);
      assert.match(err, new RegExp(`^servers\\.yaml:${place} `, 'm'), text);
      assert.doesNotMatch(err, /\bhush\b/, text);
    }
    assert.match(run('--live', 'nowhere.yaml').err, /no such file/);
  });

  describe('of a run that broke off', () => {
    /** Leaves what a run had written when it asked the first person. */
    const breakOff = (): void => {
      const all = folder.read('one.trace.jsonl').split('\n');
      const asked = all.findIndex((line) => line.includes('"event":"gate.opened"'));
      folder.write('one.trace.jsonl', `${all.slice(0, asked + 1).join('\n')}\n`);
    };
    const resume = (...more: readonly string[]) => folder.run('resume', 'one.trace.jsonl', ...more);

    it('asks nothing again, and refuses to go on over other events', () => {
      run();
      breakOff();
      const events = FILES['events/connections.jsonl'];
      folder.write('events/connections.jsonl', `${events}{"host":"ops-lap-0217"}\n`);
      assert.match(resume().err, /its event data changed since it began/);
      folder.write('events/connections.jsonl', events);
      const { code, err } = resume();
      assert.equal(code, 0, err);
      assert.equal(executed().length, 3);
    });

    it('goes on with live servers only with the same ones', () => {
      run('--live', 'servers.yaml');
      breakOff();
      assert.match(resume().err, /what live servers answer, and as what \(it takes the same ones: --live/);
      folder.write('servers.yaml', FILES['servers.yaml'].replace('honest', 'other-input'));
      assert.match(
        resume('--live', 'servers.yaml').err,
        /what live servers answer, and as what \(it takes the same ones: --live/,
      );
      folder.write('servers.yaml', FILES['servers.yaml']);
      const { code, err } = resume('--live', 'servers.yaml');
      assert.equal(code, 0, err);
      assert.match(err, /Calls of siem\.search go to the server "siem" \(node/);
      assert.deepEqual(executed()[0], ['siem.search', 'mcp:siem', false, true]);
    });
  });

  it('does not start with event data that cannot be read, and says where', () => {
    folder.write('events/connections.jsonl', '{"host":"a"}\n{"host"\n');
    const { code, err } = run();
    assert.notEqual(code, 0);
    assert.match(err, /connections\.jsonl:2 The events of "connections" cannot be used: the line is not JSON/);
    assert.throws(() => lines(), /ENOENT/);
  });
});
