import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TraceLine } from '../../runner/protocol/trace.js';
import { runByCommandLine } from './support/cli.js';
import { eventually, openWorkbench, sample, type Workbench } from './support/workbench.js';

/** The traces here are left by the runs of the command line that these tests start from. */
describe('The trace viewer', () => {
  let workbench: Workbench;
  let lines: readonly TraceLine[];
  const [one, other] = [sample('traces/viewed-a.trace.jsonl'), sample('traces/viewed-b.trace.jsonl')];

  before(async () => {
    workbench = await openWorkbench();
    await runByCommandLine('identity-takeover.playbook.yaml', 'password-spray', one);
    await runByCommandLine('identity-takeover.playbook.yaml', 'password-spray-refused', other);
    const text = Buffer.from(await vscode.workspace.fs.readFile(one)).toString('utf8');
    lines = text
      .trim()
      .split('\n')
      .map((line): TraceLine => JSON.parse(line));
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(() => workbench.close());

  it('leaves a comparison with a revision to the text editor', async () => {
    const revision = one.with({ scheme: 'git', query: JSON.stringify({ path: one.fsPath, ref: 'HEAD' }) });
    const content: vscode.TextDocumentContentProvider = { provideTextDocumentContent: () => '{}\n' };
    const provided = vscode.workspace.registerTextDocumentContentProvider('git-like', content);
    try {
      for (const original of [revision.with({ scheme: 'git-like' }), revision]) {
        await vscode.commands.executeCommand('vscode.diff', original, one, 'viewed-a (HEAD ↔ Working Tree)');
        const input = await eventually(
          () => vscode.window.tabGroups.activeTabGroup.activeTab?.input,
          () => 'the comparison did not open',
        );
        assert.ok(input instanceof vscode.TabInputTextDiff, `${original.scheme}: not compared as text`);
      }
      await vscode.commands.executeCommand('vscode.open', revision);
      const opened = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      assert.ok(
        opened instanceof vscode.TabInputText && opened.uri.scheme === 'git',
        'a revision is not shown as text',
      );
    } finally {
      provided.dispose();
    }
  });

  async function shown(): Promise<void> {
    await workbench.webview().locator('[data-testid="badge"][data-integrity="verified"]').waitFor();
  }

  it('shows the path, the time, the approvals and the budget of a run', async () => {
    await vscode.commands.executeCommand('vscode.open', one);
    await shown();
    const view = workbench.webview();
    await view.getByTestId('tab-steps').click();
    await view.locator('[data-testid=step][data-step=investigate]').waitFor();
    await workbench.screenshot('viewer-steps');
    await view.getByTestId('tab-waterfall').click();
    await view.getByTestId('bar').first().waitFor();
    await workbench.screenshot('viewer-waterfall');
    await view.getByTestId('tab-approvals').click();
    await view.getByTestId('question').first().waitFor();
    await workbench.screenshot('viewer-approvals');
    await view.getByTestId('tab-budget').click();
    await view.locator('[data-measure=tokens]').first().waitFor();
    await workbench.screenshot('viewer-budget');
    await view.getByTestId('tab-steps').click();
    await view.locator('[data-testid=step][data-step=investigate]').click();
    await view.getByTestId('details').waitFor();
    await eventually(
      () =>
        vscode.window.visibleTextEditors.some(({ document, selection }) =>
          /id: investigate/.test(document.lineAt(selection.active.line).text),
        ) || undefined,
      () => 'the playbook is not shown at the step',
    );
    await workbench.screenshot('viewer-details');
  });

  it('copies a link to an event and opens it again', async () => {
    await vscode.commands.executeCommand('vscode.open', one);
    await shown();
    const view = workbench.webview();
    await view.getByTestId('follow').uncheck();
    const decided = lines.find(({ event }) => event === 'decided');
    assert.ok(decided);
    await vscode.env.clipboard.writeText('');
    await view.getByTestId('chip-approvals').click();
    await view.locator(`[data-testid=event][data-seq="${decided.seq}"]`).click();
    await view.getByTestId('link').click();
    await workbench.page.locator('.statusbar-item', { hasText: 'Copied a link to event' }).waitFor();
    assert.match(await vscode.env.clipboard.readText(), /viewed-a\.trace\.jsonl/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    vscode.commands.executeCommand('countersign.openEventLink');
    await workbench.quickInput().locator('input[type="text"], input:not([type])').first().waitFor();
    await workbench.answer(`traces/viewed-a.trace.jsonl#${decided.seq + 1}`);
    await workbench.webview().locator(`[data-testid=details][data-seq="${decided.seq}"]`).waitFor();
  });

  it('compares two traces and opens one of them where they differ', async () => {
    await vscode.commands.executeCommand('countersign.compareTraces', one, [one, other]);
    const view = workbench.webview();
    await view.getByTestId('compare-count').waitFor();
    await view.locator('[data-testid=differences][data-kind=decision]').waitFor();
    await workbench.screenshot('viewer-compare');
    await view.getByTestId('difference').first().getByRole('button').last().click();
    await workbench.page.locator('.tab.active', { hasText: 'viewed-b.trace.jsonl' }).waitFor();
  });

  it('exports a trace as one file', async () => {
    const target = sample('traces/viewed-a.trace.html');
    await vscode.commands.executeCommand('countersign.exportTraceAsHtml', one, target);
    const text = Buffer.from(await vscode.workspace.fs.readFile(target)).toString('utf8');
    assert.match(text, /default-src 'none'; script-src 'sha256-/);
    assert.ok(!/sourceMappingURL/.test(text));
    assert.match(text, /url\("?data:font\/ttf;base64,/);
  });

  it('comes back as it was left when its tab was hidden', async () => {
    await vscode.commands.executeCommand('vscode.open', one, { preview: false });
    await shown();
    await workbench.webview().getByTestId('tab-budget').click();
    await workbench.webview().locator('[data-measure=tokens]').first().waitFor();
    await vscode.commands.executeCommand('vscode.open', other, { preview: false });
    await shown();
    await vscode.commands.executeCommand('vscode.open', one, { preview: false });
    await workbench.webview().locator('[data-testid=budget] [data-measure=tokens]').first().waitFor();
  });

  it('saves what a person decided as a labelled case, once its personal data was looked at, and replaces no file', async () => {
    const made = sample('cases/password-spray-refused-learnt.case.yaml');
    const isThere = (uri: vscode.Uri) =>
      Promise.resolve(vscode.workspace.fs.stat(uri)).then(
        () => true,
        () => false,
      );
    const list = workbench.quickInput();
    const row = (text: string) => list.locator('.monaco-list-row', { hasText: text }).first();
    const box = list.locator('input[type="text"], input:not([type])').first();
    /** As far as the name of the case, from the action above the viewer. */
    const begin = async (): Promise<void> => {
      await vscode.commands.executeCommand('vscode.open', other, { viewColumn: vscode.ViewColumn.One });
      await shown();
      await workbench.page.getByRole('button', { name: 'Save as Labelled Case' }).first().click();
      await row('What people decided in the run').click();
      await list.getByText('The name of the case').first().waitFor();
    };

    await begin();
    await box.fill('password-spray-refused');
    await list.getByText('none is ever written over').waitFor();
    await workbench.answer('password-spray-refused-learnt');
    await row('Save it with made-up values').waitFor();
    await list.getByText(/\d+ values are personal data/).waitFor();
    const preview = await eventually(
      () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'countersign-review'),
      () => 'nothing is shown to look at',
    );
    const before = preview.document.getText();
    assert.match(before, /^# What would be saved\. Nothing is written yet/);
    assert.match(before, /^case: password-spray-refused-learnt$/m);
    assert.match(before, /"class_uid": 2004/);
    // A value that is chosen is shown where it stands.
    const value = (await row(', in alert').locator('.label-name').first().innerText()).trim();
    await row(value).click();
    await eventually(
      () => vscode.window.visibleTextEditors.find((editor) => editor.document.getText(editor.selection) === value),
      () => `"${value}" is not selected`,
    );
    await row('Save it with made-up values').waitFor();
    await workbench.screenshot('save-as-case');
    assert.equal(await isThere(made), false, 'nothing is written before');

    // Who thinks better of it has written nothing.
    await workbench.page.keyboard.press('Escape');
    await list.waitFor({ state: 'hidden' });
    assert.equal(await isThere(made), false);

    await begin();
    await workbench.answer('password-spray-refused-learnt');
    await row('Save it with made-up values').click();
    const saved = await eventually(
      () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.fsPath === made.fsPath),
      () => 'the case is not opened',
    );
    const text = saved.document.getText();
    assert.match(text, /reviewed: pseudonymized/);
    assert.ok(!text.includes(value), 'made-up values stand instead');
    const alert = sample('cases/password-spray-refused-learnt.alert.json');
    for (const uri of [made, alert]) await vscode.workspace.fs.delete(uri);
  });
});
