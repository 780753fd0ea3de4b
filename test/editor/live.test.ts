import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TraceLine } from '../../runner/protocol/trace.js';
import { type LiveServer, setUpLiveServer } from './support/live-server.js';
import { openSample, openWorkbench, sample, type Workbench } from './support/workbench.js';

describe('Live servers', () => {
  let workbench: Workbench;
  let server: LiveServer;
  before(async () => {
    workbench = await openWorkbench();
    server = await setUpLiveServer();
  });
  afterEach(async () => {
    server.forget();
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(async () => {
    await server.remove();
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
    assert.ok(!server.started(), 'the server was started');
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
    assert.ok(!server.started(), 'the server was started before the person chose');
    await choose('Live servers of servers.yaml');
    await ended();
    assert.ok(server.started());
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
    assert.ok(!server.started(), 'the server was started');

    vscode.commands.executeCommand('countersign.resumeRun', sample(`traces/${cut}`));
    await choose('Go on with the live servers of servers.yaml');
    await ended();
    assert.ok(server.started());
    assert.deepEqual(answersIn(await linesOf(cut)), [
      ['mcp:siem', { hits: 42 }],
      ['mcp:siem', { hits: 42 }],
    ]);
    await vscode.workspace.fs.delete(sample(`traces/${cut}`));
  });
});
