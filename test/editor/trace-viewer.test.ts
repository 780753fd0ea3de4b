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
});
