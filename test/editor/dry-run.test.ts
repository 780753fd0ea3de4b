import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TraceLine } from '../../runner/protocol/trace.js';
import { runByCommandLine } from './support/cli.js';
import { eventually, openSample, openWorkbench, revert, sample, until, type Workbench } from './support/workbench.js';

/** A step that is tried again after some seconds, and then a question. */
const SLOW = `playbook: slow
version: 1.0.0
title: Asks after a while
operating-model: tool-assisted
owner: detection-engineering
accountable: soc-manager
catalogs: [catalogs/intel.tools.yaml, catalogs/mail.tools.yaml]
policy: policies/default.policy.yaml
budget: { tool-calls: 10, time: 1h }
steps:
  - id: look
    action: intel.domain_reputation
    with: { domain: nobody.example }
    retry: { attempts: 2, delay: 4s }
    on-error: continue
  - id: ask
    title: Quarantine it?
    gate:
      ask: Quarantine it?
      grants: [quarantine]
      approvers: { roles: [analyst] }
      timeout: 15m
  - id: quarantine
    action: mail.quarantine
    autonomy: approve
    with: { message_uid: "\${{ alert.email.message_uid }}" }
`;
const SLOW_CASE = `case: slow
title: Asks after a while
description: No tool has an answer.
playbook: slow
alert: ../alerts/newsletter.alert.json
answers: []
expect: { outcome: cancelled }
`;

describe('A dry run', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await vscode.commands.executeCommand('notifications.showList');
      await workbench.screenshot(`failed-${this.currentTest.title.slice(0, 20).replaceAll(' ', '-')}`);
    }
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

  /** The card of the tab in front, of those of several runs. */
  async function shownCard() {
    const views = workbench.page.locator('iframe.webview:visible');
    await until(async () => (await views.count()) === 1, 'one webview is in view');
    const found = views.first().contentFrame().frameLocator('#active-frame').locator('[data-testid="approval-card"]');
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

  it('of a playbook without a case offers to write one, beside the alert that the person chooses', async () => {
    const playbook = sample('uncased.playbook.yaml');
    const written = sample('alerts/newsletter.case.yaml');
    await vscode.workspace.fs.writeFile(playbook, Buffer.from(SLOW.replace('playbook: slow', 'playbook: uncased')));
    try {
      await openSample('uncased.playbook.yaml');
      vscode.commands.executeCommand('countersign.dryRun');
      // Under a test driver VS Code shows no toasts; the list has them all.
      const offer = workbench.notification('is for "uncased.playbook.yaml"');
      await until(async () => {
        await vscode.commands.executeCommand('notifications.showList');
        return offer.isVisible();
      }, 'the person is told that there is no case');
      await offer.getByRole('button', { name: 'Write a Case…' }).click();
      await workbench.quickInput().locator('.monaco-list-row', { hasText: 'newsletter' }).first().waitFor();
      await workbench.pick('newsletter');
      await workbench.page.locator('.tab.active', { hasText: 'newsletter.case.yaml' }).waitFor();
      await vscode.commands.executeCommand('notifications.showList');
      await workbench.notification('newsletter.case.yaml is written').waitFor();
      await workbench.screenshot('case-written');
      const text = Buffer.from(await vscode.workspace.fs.readFile(written)).toString();
      assert.match(text, /^case: uncased-newsletter$/m);
      assert.match(text, /^alert: newsletter\.alert\.json$/m);
      assert.match(text, /^ {2}- tool: intel\.domain_reputation$/m);
      assert.match(text, /^ {2}- gate: ask$/m);
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.workspace.fs.delete(playbook);
    }
    await vscode.workspace.fs.delete(written);
  });

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
    const known = new Set(await traceNames());
    await start('A look-alike sign-in page');
    const quarantine = await card('ask_quarantine');
    await quarantine.getByTestId('approver').selectOption('ana@soc.example');
    await quarantine.getByTestId('acknowledged').check();
    await quarantine.getByTestId('approve').click();
    await card('ask_suspension');
    const [name] = (await traceNames()).filter((one) => !known.has(one));
    assert.ok(name, 'the run has a trace');
    // As a power cut leaves it: the last line is torn, and what is too large for a line lies beside the trace.
    const cut = sample('traces/cut-off.trace.jsonl');
    const written = await vscode.workspace.fs.readFile(sample(`traces/${name}`));
    await vscode.workspace.fs.writeFile(cut, Buffer.concat([written, Buffer.from('{"actor":{"kind":"eng')]));
    await vscode.workspace.fs.copy(
      sample(`traces/${name.replace(/\.jsonl$/, '.blobs')}`),
      sample('traces/cut-off.trace.blobs'),
      { overwrite: true },
    );
    await vscode.commands.executeCommand('countersign.endRun');
    await ended();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
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

  it('asks for several runs at once, and asks anew what somebody changed, but not them', async () => {
    await start('A look-alike sign-in page');
    await card('ask_quarantine');
    await start('A look-alike sign-in page');
    const badge = workbench.page.locator('.activitybar .badge-content', { hasText: '2' });
    await badge.waitFor();
    await vscode.commands.executeCommand('workbench.view.extension.countersign');
    await vscode.commands.executeCommand('countersign.approvals.focus');
    const rows = workbench.page.locator('.sidebar .monaco-list-row', { hasText: 'Quarantine the message?' });
    await rows.nth(1).waitFor();
    await rows.nth(1).click();
    const asked = await shownCard();
    await asked.getByTestId('other-answers').locator('summary').click();
    await asked.getByTestId('approver').selectOption('ana@soc.example');
    await asked.getByTestId('reason').fill('The message that was reported, and no other.');
    const given = asked.getByTestId('change-arguments').first();
    const before = await given.inputValue();
    await given.fill(before.replace(/@relay3\.northfie1d\.example/, '@other.example'));
    await asked.getByTestId('modify').click();
    // The changed call is decided and shown like any other; whoever changed it is no approver of it.
    await asked.getByText('@other.example').first().waitFor();
    await workbench.screenshot('approval-changed');
    await asked.getByTestId('other-answers').locator('summary').click();
    await asked.getByText('Changed by ana@soc.example').waitFor();
    const people = await asked.getByTestId('approver').locator('option').allInnerTexts();
    assert.ok(people.includes('bo@soc.example') && !people.includes('ana@soc.example'), people.join(', '));
    assert.equal(await rows.count(), 2, 'the other run waits as before');
    for (let runs = 2; runs > 0; runs--) {
      await rows.first().click();
      const open = await shownCard();
      await open.getByTestId('approver').selectOption('bo@soc.example');
      await open.getByTestId('reason').fill('No.');
      await open.getByTestId('reject').click();
      await rows.nth(runs - 1).waitFor({ state: 'detached' });
    }
    await badge.waitFor({ state: 'detached' });
    await vscode.commands.executeCommand('workbench.view.explorer');
  });

  it('takes no key from whoever writes elsewhere when it asks', async () => {
    const file = sample('slow.playbook.yaml');
    await vscode.workspace.fs.writeFile(file, Buffer.from(SLOW));
    await vscode.workspace.fs.writeFile(sample('cases/slow.case.yaml'), Buffer.from(SLOW_CASE));
    const editor = await vscode.window.showTextDocument(file);
    vscode.commands.executeCommand('countersign.dryRun');
    await workbench.pick('Asks after a while');
    await workbench.webview().locator('[data-event="step.entered"]').first().waitFor();
    await vscode.window.showTextDocument(editor.document, editor.viewColumn);
    await vscode.commands.executeCommand('cursorBottom');
    const asked = workbench.webview().locator('[data-testid="approval-card"]');
    let typed = '';
    // Until it has asked, and a while longer.
    for (let more = 10; more > 0; more -= (await asked.count()) > 0 ? 1 : 0) {
      await workbench.page.keyboard.type('# ');
      typed += '# ';
    }
    await eventually(
      () => editor.document.getText().endsWith(typed) || undefined,
      () => `of ${typed.length} characters typed there is only: ${editor.document.getText().slice(SLOW.length - 20)}`,
    );
    await vscode.commands.executeCommand('countersign.endRun');
    await ended();
    await revert(editor);
    await vscode.workspace.fs.delete(file);
    await vscode.workspace.fs.delete(sample('cases/slow.case.yaml'));
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
    const changed = sample('traces/changed.trace.jsonl');
    await runByCommandLine('phishing-triage.playbook.yaml', 'newsletter', changed);
    const bytes = Buffer.from(await vscode.workspace.fs.readFile(changed));
    const text = bytes.toString('utf8');
    const second = text.indexOf('\n') + 1;
    const at = text.indexOf('"time":"2', second) + '"time":"'.length;
    bytes[Buffer.byteLength(text.slice(0, at))] = '3'.charCodeAt(0);
    await vscode.workspace.fs.writeFile(changed, bytes);
    await vscode.commands.executeCommand('vscode.open', changed);
    const badge = workbench.webview().locator('[data-testid="badge"][data-integrity="broken"]');
    await badge.waitFor();
    assert.match(await badge.innerText(), /line 2/);
    await workbench.screenshot('trace-broken');
  });
});
