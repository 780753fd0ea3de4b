import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { TraceLine } from '../../runner/protocol/trace.js';
import { openSample, openWorkbench, sample, type Workbench } from './support/workbench.js';

/** A server of the Model Context Protocol over its standard input and output, which leaves a file when it is started. */
const SERVER = `
const { appendFileSync } = require('node:fs');
appendFileSync(process.env.STARTED, 'started\\n');
const tool = { name: 'search_logs', inputSchema: { type: 'object', properties: { query: { type: 'string' } } } };
const results = {
  initialize: (params) => ({
    protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'siem', version: '1' },
  }),
  'tools/list': () => ({ tools: [tool] }),
  'tools/call': () => ({ content: [], structuredContent: { hits: 42 } }),
};
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const result = results[method] ? results[method](params) : {};
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
});
`;

const FILES = {
  'live.tools.yaml': `catalog: live
tools:
  siem.search:
    description: Search the logs.
    effect: read
    reversible: true
    idempotent: true
    input: { query: { type: string } }
    output: { hits: { type: integer } }
    backend: { mcp: { server: siem, tool: search_logs } }
`,
  'live.playbook.yaml': `playbook: live
version: 1.0.0
title: Ask a server
operating-model: tool-assisted
owner: tests
accountable: analyst
catalogs: [live.tools.yaml]
policy: policies/default.policy.yaml
trigger: { class: detection_finding }
steps:
  - { id: first, action: siem.search, with: { query: one } }
  - { id: second, action: siem.search, with: { query: two } }
`,
  'live.case.yaml': `case: live
title: A server is asked
playbook: live
alert: alerts/quiet-beacon.alert.json
answers:
  - { tool: siem.search, with: { query: one }, output: { hits: 1 } }
  - { tool: siem.search, with: { query: two }, output: { hits: 2 } }
`,
};

describe('Live servers', () => {
  let workbench: Workbench;
  /** Outside of the workspace, as a person's own files are. */
  let home: string;
  let started: string;
  const settings = () => vscode.workspace.getConfiguration('countersign');
  before(async () => {
    workbench = await openWorkbench();
    home = mkdtempSync(path.join(tmpdir(), 'countersign-live-'));
    started = path.join(home, 'started');
    const server = path.join(home, 'server.cjs');
    writeFileSync(server, SERVER);
    const command = JSON.stringify([process.execPath, server]);
    const env = JSON.stringify({ STARTED: started, ELECTRON_RUN_AS_NODE: '1' });
    writeFileSync(path.join(home, 'servers.yaml'), `servers: { siem: { command: ${command}, env: ${env} } }\n`);
    for (const [name, text] of Object.entries(FILES))
      await vscode.workspace.fs.writeFile(sample(name), Buffer.from(text));
    await settings().update('liveServers', path.join(home, 'servers.yaml'), vscode.ConfigurationTarget.Global);
  });
  afterEach(async () => {
    rmSync(started, { force: true });
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(async () => {
    await settings().update('liveServers', undefined, vscode.ConfigurationTarget.Global);
    for (const name of Object.keys(FILES)) await vscode.workspace.fs.delete(sample(name));
    rmSync(home, { recursive: true, force: true });
    await workbench.close();
  });

  /** A dry run, with what the person answers when they are asked about the servers. */
  async function run(answer: string): Promise<void> {
    await openSample('live.playbook.yaml');
    vscode.commands.executeCommand('countersign.dryRun');
    await choose('A server is asked');
    await choose(answer);
  }

  async function choose(text: string): Promise<void> {
    await workbench.quickInput().locator('.monaco-list-row', { hasText: text }).first().waitFor();
    await workbench.pick(text);
  }

  async function ended(): Promise<void> {
    await workbench.webview().locator('[data-testid="badge"][data-integrity="verified"]').waitFor();
  }

  /** The traces of the runs here, the oldest first. */
  async function traces(): Promise<readonly string[]> {
    const found = await vscode.workspace.fs.readDirectory(sample('traces'));
    return found
      .map(([name]) => name)
      .filter((name) => name.startsWith('live-') && name.endsWith('.trace.jsonl'))
      .sort();
  }

  async function linesOf(name: string): Promise<readonly TraceLine[]> {
    const bytes = await vscode.workspace.fs.readFile(sample(`traces/${name}`));
    return Buffer.from(bytes)
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line): TraceLine => JSON.parse(line));
  }

  const answersIn = (lines: readonly TraceLine[]): readonly unknown[] =>
    lines.flatMap((line) => (line.event === 'executed' ? [[line.data.source, line.data.result]] : []));

  it('are not started by a run in which the person does not choose them', async () => {
    await run('Recorded answers and event data');
    await ended();
    assert.ok(!existsSync(started), 'the server was started');
    const lines = await linesOf((await traces()).at(-1) ?? '');
    assert.deepEqual(answersIn(lines), [
      ['recorded', { hits: 1 }],
      ['recorded', { hits: 2 }],
    ]);
  });

  it('answer a run in which the person chooses them', async () => {
    await openSample('live.playbook.yaml');
    vscode.commands.executeCommand('countersign.dryRun');
    await choose('A server is asked');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: 'Live servers of servers.yaml' }).waitFor();
    await workbench.screenshot('live-servers');
    assert.ok(!existsSync(started), 'the server was started before the person chose');
    await choose('Live servers of servers.yaml');
    await ended();
    assert.ok(existsSync(started));
    const lines = await linesOf((await traces()).at(-1) ?? '');
    assert.deepEqual(answersIn(lines), [
      ['mcp:siem', { hits: 42 }],
      ['mcp:siem', { hits: 42 }],
    ]);
  });

  it('are asked about again where a run goes on that had them', async () => {
    const name = (await traces()).at(-1) ?? '';
    const lines = await linesOf(name);
    assert.equal(lines[0]?.event === 'run.opened' && lines[0].data.live?.[0]?.server, 'siem');
    const second = lines.findIndex((line) => line.event === 'step.entered' && line.step === 'second');
    const text = Buffer.from(await vscode.workspace.fs.readFile(sample(`traces/${name}`))).toString('utf8');
    const cut = `live-cut.trace.jsonl`;
    const broken = `${text
      .split('\n')
      .slice(0, second + 1)
      .join('\n')}\n`;
    await vscode.workspace.fs.writeFile(sample(`traces/${cut}`), Buffer.from(broken));

    vscode.commands.executeCommand('countersign.resumeRun', sample(`traces/${cut}`));
    await workbench.quickInput().locator('.monaco-list-row', { hasText: 'Do not go on' }).waitFor();
    await workbench.screenshot('live-servers-resume');
    assert.match(await workbench.quickInput().innerText(), /siem\.search of "siem", node/);
    await choose('Do not go on');
    assert.deepEqual(await linesOf(cut), lines.slice(0, second + 1));
    assert.ok(!existsSync(started), 'the server was started');

    vscode.commands.executeCommand('countersign.resumeRun', sample(`traces/${cut}`));
    await choose('Go on with the live servers of servers.yaml');
    await ended();
    assert.ok(existsSync(started));
    assert.deepEqual(answersIn(await linesOf(cut)), [
      ['mcp:siem', { hits: 42 }],
      ['mcp:siem', { hits: 42 }],
    ]);
    await vscode.workspace.fs.delete(sample(`traces/${cut}`));
  });
});
