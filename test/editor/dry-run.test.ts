import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TraceLine } from '../../runner/protocol/trace.js';
import { eventually, openSample, openWorkbench, sample, type Workbench } from './support/workbench.js';

describe('A dry run', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(() => workbench.close());

  /** Starts a dry run as a person does: the command, then the alert from the list. */
  async function start(title: string): Promise<void> {
    await openSample('phishing-triage.playbook.yaml');
    vscode.commands.executeCommand('countersign.dryRun');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: title }).first().waitFor();
    await workbench.pick(title);
  }

  /** Waits for a question about a gate and returns its card. */
  async function card(gate: string) {
    const found = workbench.webview().locator(`[data-testid="approval-card"][data-gate="${gate}"]`);
    await found.waitFor();
    return found;
  }

  async function lines(known: ReadonlySet<string>): Promise<readonly TraceLine[]> {
    const names = (await traceNames()).filter((name) => !known.has(name));
    assert.equal(names.length, 1, `one new trace, not ${names.join(', ')}`);
    const bytes = await vscode.workspace.fs.readFile(sample(`traces/${names[0]}`));
    return Buffer.from(bytes)
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line): TraceLine => JSON.parse(line));
  }

  async function traceNames(): Promise<readonly string[]> {
    const entries = await vscode.workspace.fs.readDirectory(sample('traces')).then(
      (found) => found,
      () => [],
    );
    // Large values of a trace lie beside it.
    return entries.map(([name]) => name).filter((name) => name.endsWith('.trace.jsonl'));
  }

  async function ended(): Promise<void> {
    await workbench.webview().locator('[data-testid="badge"][data-integrity="verified"]').waitFor();
  }

  /** The line of the playbook that the cursor is in. */
  function currentLine(): string | undefined {
    const shown = vscode.window.visibleTextEditors.find((editor) =>
      editor.document.uri.path.endsWith('phishing-triage.playbook.yaml'),
    );
    return shown?.document.lineAt(shown.selection.active.line).text;
  }

  const executedTools = (trace: readonly TraceLine[]): string[] =>
    trace.flatMap((line) => (line.event === 'executed' ? [line.data.tool] : []));

  it('asks at the gates, runs what is approved, and shows the verified trace', async () => {
    const known = new Set(await traceNames());
    await start('A look-alike sign-in page');

    const quarantine = await card('ask_quarantine');
    assert.match(await quarantine.innerText(), /mail\.quarantine/);
    assert.match(await quarantine.innerText(), /20261123083907\.4f1c@relay3\.northfie1d\.example/);
    assert.match(await quarantine.innerText(), /mail\.warn_recipients/);
    // The default is to reject: it has the focus, and Enter on it never approves.
    const focused = await workbench.webview().locator('[data-testid="reject"]:focus').count();
    assert.equal(focused, 1, 'reject has the focus');
    // Whoever is asked sees where the playbook asks.
    await eventually(
      () => /id: ask_quarantine/.test(currentLine() ?? '') || undefined,
      () => `the playbook is shown at: ${currentLine()}`,
    );
    await workbench.screenshot('approval');
    await quarantine.getByTestId('approver').selectOption('ana@soc.example');
    await quarantine.getByTestId('reason').fill('The sender’s domain is a look-alike.');
    // To warn people cannot be taken back, so approving takes a second, deliberate act.
    await quarantine.getByTestId('approve').click();
    await quarantine.getByText('tick that you know').waitFor();
    await quarantine.getByTestId('acknowledged').check();
    await quarantine.getByTestId('approve').click();

    const suspension = await card('ask_suspension');
    assert.match(await suspension.innerText(), /t\.alder/);
    await suspension.getByTestId('approver').selectOption('cy@soc.example');
    await suspension.getByTestId('reason').fill('Reached the user by telephone.');
    await suspension.getByTestId('approve').click();

    await ended();
    const view = workbench.webview();
    assert.match(await view.getByTestId('outcome').innerText(), /completed/i);
    assert.match(await view.getByTestId('verdict').innerText(), /malicious/);
    assert.match(await view.getByTestId('dry-run').innerText(), /simulated/);
    const trace = await lines(known);
    const approval = trace.findLast((line) => line.event === 'decided');
    await view.locator(`[data-testid="event"][data-seq="${approval?.seq}"]`).click();
    await view.getByTestId('details').waitFor();
    await eventually(
      () => /id: ask_suspension/.test(currentLine() ?? '') || undefined,
      () => `the playbook is shown at: ${currentLine()}`,
    );
    await workbench.screenshot('trace');

    assert.deepEqual(
      executedTools(trace).filter((tool) =>
        ['mail.quarantine', 'mail.warn_recipients', 'identity.suspend'].includes(tool),
      ),
      ['mail.quarantine', 'mail.warn_recipients', 'identity.suspend'],
    );
    for (const line of trace)
      if (line.event === 'executed' && line.data.tool === 'identity.suspend') assert.equal(line.data.simulated, true);
    const decided = trace.filter((line) => line.event === 'decided');
    assert.deepEqual(
      decided.map((line) => [line.actor.id, line.actor.how]),
      [
        ['ana@soc.example', 'locally-asserted'],
        ['cy@soc.example', 'locally-asserted'],
      ],
    );
  });

  it('reads the trace: what was called and by whom, and leads to the line of the playbook', async () => {
    const known = new Set(await traceNames());
    await start('A look-alike sign-in page');
    const quarantine = await card('ask_quarantine');
    await quarantine.getByTestId('approver').selectOption('bo@soc.example');
    await quarantine.getByTestId('reason').fill('No.');
    await quarantine.getByTestId('reject').click();
    await ended();

    const view = workbench.webview();
    await view.getByTestId('chip-acts').click();
    await workbench.screenshot('trace-acts');
    await view.getByTestId('chip-approvals').click();
    const trace = await lines(known);
    const decided = trace.find((line) => line.event === 'decided');
    assert.ok(decided);
    await view.locator(`[data-testid="event"][data-seq="${decided.seq}"]`).click();
    const details = view.getByTestId('details');
    await details.waitFor();
    assert.match(await details.innerText(), /bo@soc\.example/);
    await workbench.screenshot('trace-details');
    assert.ok(!executedTools(trace).includes('mail.quarantine'), 'a rejected act does not run');

    await view.getByTestId('reveal').click();
    const line = await eventually(
      () => {
        const shown = vscode.window.activeTextEditor;
        return shown?.document.uri.path.endsWith('phishing-triage.playbook.yaml')
          ? shown.document.lineAt(shown.selection.active.line).text
          : undefined;
      },
      () => `the playbook is not shown but ${vscode.window.activeTextEditor?.document.uri.path}`,
    );
    assert.match(line, /ask_quarantine|gate:/);
  });

  it('goes on with a run that broke off, and asks nobody who answered again', async () => {
    const name = (await traceNames()).find((one) => one.endsWith('.trace.jsonl'));
    assert.ok(name, 'a dry run left a trace');
    const text = Buffer.from(await vscode.workspace.fs.readFile(sample(`traces/${name}`))).toString('utf8');
    const whole = text.split('\n');
    const at = whole.findIndex((line) => line.includes('"event":"gate.opened"') && line.includes('"ask_suspension"'));
    assert.ok(at > 0);
    const cut = sample('traces/cut-off.trace.jsonl');
    // What is too large for a line lies beside the trace.
    await vscode.workspace.fs.copy(
      sample(`traces/${name.replace(/\.jsonl$/, '.blobs')}`),
      sample('traces/cut-off.trace.blobs'),
      { overwrite: true },
    );
    // The last line is torn, as a power cut leaves it.
    await vscode.workspace.fs.writeFile(
      cut,
      Buffer.from(`${whole.slice(0, at + 1).join('\n')}\n${whole[at + 1]?.slice(0, 40)}`),
    );
    vscode.commands.executeCommand('countersign.resumeRun', cut);
    const suspension = await card('ask_suspension');
    await workbench.screenshot('resumed');
    await suspension.getByTestId('approver').selectOption('di@soc.example');
    await suspension.getByTestId('reason').fill('Seen what was done before.');
    await suspension.getByTestId('approve').click();
    await ended();
    const trace = Buffer.from(await vscode.workspace.fs.readFile(cut))
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line): TraceLine => JSON.parse(line));
    assert.deepEqual(
      trace.flatMap((line) => (line.event === 'decided' ? [line.actor.id] : [])),
      ['ana@soc.example', 'di@soc.example'],
    );
    assert.deepEqual(
      trace.flatMap(({ event }) => (event === 'recovered' || event === 'resumed' ? [event] : [])),
      ['recovered', 'resumed'],
    );
    assert.equal(executedTools(trace).filter((tool) => tool === 'mail.quarantine').length, 1);
    await vscode.workspace.fs.delete(cut);
    await vscode.workspace.fs.delete(sample('traces/cut-off.trace.blobs'), { recursive: true });
  });

  it('hands to a person what fits no pattern, and takes silence for nothing', async () => {
    const known = new Set(await traceNames());
    await start('An invitation that fits no pattern');
    const task = workbench.webview().locator('[data-testid="task-card"]');
    await task.waitFor();
    await workbench.screenshot('task');
    await task.getByTestId('approver').selectOption('hana@soc.example');
    await task.getByTestId('not-done').click();
    await ended();
    const trace = await lines(known);
    assert.deepEqual(
      executedTools(trace).filter((tool) => !/^(mail\.(headers|search)|intel\.|case\.note)/.test(tool)),
      [],
    );
    assert.equal(trace.find((line) => line.event === 'step.left' && line.step === 'hunt')?.event, 'step.left');
  });

  it('runs nothing when nobody answers and the run is ended', async () => {
    const known = new Set(await traceNames());
    await start('A look-alike sign-in page');
    await card('ask_quarantine');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    // Under a test driver VS Code shows no toasts; the list has them all.
    await vscode.commands.executeCommand('notifications.showList');
    const offer = workbench.notification(/still waits for an approval/);
    await offer.waitFor();
    await offer.getByRole('button', { name: 'End the Run' }).click();
    await workbench.notification(/Dry run cancelled/).waitFor();
    const trace = await lines(known);
    assert.equal(trace.at(-1)?.event, 'run.closed');
    assert.ok(
      !executedTools(trace).some((tool) =>
        ['mail.quarantine', 'mail.warn_recipients', 'identity.suspend'].includes(tool),
      ),
    );
  });

  it('opens a trace that was changed, and says at which line', async () => {
    const name = (await traceNames()).find((one) => one.endsWith('.trace.jsonl'));
    assert.ok(name, 'an earlier test left a trace');
    const bytes = Buffer.from(await vscode.workspace.fs.readFile(sample(`traces/${name}`)));
    const text = bytes.toString('utf8');
    const second = text.indexOf('\n') + 1;
    const at = text.indexOf('"time":"2', second) + '"time":"'.length;
    bytes[Buffer.byteLength(text.slice(0, at))] = '3'.charCodeAt(0);
    await vscode.workspace.fs.writeFile(sample('traces/changed.trace.jsonl'), bytes);
    await vscode.commands.executeCommand('vscode.open', sample('traces/changed.trace.jsonl'));
    const badge = workbench.webview().locator('[data-testid="badge"][data-integrity="broken"]');
    await badge.waitFor();
    assert.match(await badge.innerText(), /line 2/);
    await workbench.screenshot('trace-broken');
  });
});
