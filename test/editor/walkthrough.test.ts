import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import * as vscode from 'vscode';
import {
  diagnosticsOf,
  eventually,
  openWorkbench,
  replaceInEditor,
  revert,
  type Workbench,
} from './support/workbench.js';

const NAME = 'phishing-triage.playbook.yaml';

/** What somebody new does who has the walkthrough and nothing else: its texts are followed, its buttons pressed. */
describe('The walkthrough', function () {
  // Each step goes on where the one before left the window.
  this.bail(true);
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.view.explorer');
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('walkthrough-failed');
  });
  after(async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.view.explorer');
    await workbench.close();
  });

  const guide = (): Locator => workbench.page.locator('.gettingStartedContainer');

  /** Goes back to the walkthrough's tab, which is still there, opens a step and gives it. */
  async function step(title: string): Promise<Locator> {
    const inFront = await workbench.page.locator('.tab.active', { hasText: 'Walkthrough' }).count();
    if (inFront === 0) await workbench.page.locator('.tab', { hasText: 'Walkthrough' }).click();
    const one = guide().locator('.getting-started-step', { hasText: title });
    if (!(await one.getAttribute('class'))?.includes('expanded')) await one.click();
    await workbench.page.locator('.getting-started-step.expanded', { hasText: title }).waitFor();
    await workbench.screenshot(`walkthrough-${title.split(/[ ,]/)[0]?.toLowerCase()}`);
    return one;
  }

  it('opens the samples, where a misspelt step is found at the word and mended', async () => {
    await vscode.commands.executeCommand('workbench.action.openWalkthrough');
    await guide().getByRole('button', { name: 'Get started with Countersign' }).click();
    await workbench.page.locator('.tab.active', { hasText: 'Walkthrough' }).waitFor();
    await (await step('Open the samples')).getByRole('button', { name: 'Open Samples' }).click();
    await workbench.page.locator('.tab.active', { hasText: NAME }).waitFor();
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.path.endsWith(NAME));
    assert.ok(editor);
    // As the step says: a slip in `grants: [suspend]`, and a quick fix at it.
    const slip = await replaceInEditor(editor, 'grants: [suspend]', 'grants: [suspendd]');
    const [problem] = await diagnosticsOf(editor.document.uri, (found) => found.length === 1);
    assert.match(problem?.message ?? '', /suspendd/);
    assert.ok(problem && slip.contains(problem.range));
    editor.selection = new vscode.Selection(problem.range.start, problem.range.start);
    editor.revealRange(problem.range, vscode.TextEditorRevealType.InCenter);
    await vscode.commands.executeCommand('editor.action.quickFix');
    const fix = workbench.page.locator('.action-widget .monaco-list-row.focused', { hasText: '"suspend"' });
    await fix.waitFor();
    await workbench.screenshot('walkthrough-mended');
    await workbench.page.keyboard.press('Enter');
    await diagnosticsOf(editor.document.uri, (found) => found.length === 0);
    await revert(editor);
  });

  it('dry-runs the playbook it names on the alert it names', async () => {
    const one = await step('Dry-run a playbook');
    const said = await one.innerText();
    await one.getByRole('button', { name: 'Dry-run a Playbook' }).click();
    const list = workbench.quickInput();
    await list.locator('.monaco-list-row').first().waitFor();
    // The sample that was opened is beside the walkthrough, so nobody is asked which playbook it is to be.
    await list.getByText('Dry-run phishing-triage.playbook.yaml on which alert?').waitFor();
    assert.match(said, /A look-alike sign-in page/);
    await workbench.pick('A look-alike sign-in page');
    await workbench.webview().locator('[data-testid="approval-card"]').waitFor();
  });

  it('leads to what waits, however many tabs lie over it', async () => {
    await (await step('Approve, or do not')).getByRole('button', { name: 'Show What Waits' }).click();
    const card = workbench.webview().locator('[data-testid="approval-card"]');
    await workbench.webview().locator('[data-testid="reject"]:focus').waitFor();
    await workbench.screenshot('walkthrough-card');
    await card.getByTestId('approver').selectOption('ana@soc.example');
    await card.getByTestId('reason').fill('A look-alike domain.');
    await card.getByTestId('acknowledged').check();
    await card.getByTestId('approve').click();
    const next = workbench.webview().locator('[data-testid="approval-card"][data-gate="ask_suspension"]');
    await next.getByTestId('approver').selectOption('cy@soc.example');
    await next.getByTestId('reason').fill('Reached the user by telephone.');
    await next.getByTestId('approve').click();
    await workbench.webview().locator('[data-testid="badge"][data-integrity="verified"]').waitFor();
  });

  it('opens the trace of that run, which an event of leads to the playbook', async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await (await step('Read the trace')).getByRole('button', { name: 'Open Trace' }).click();
    await workbench.quickInput().locator('.monaco-list-row').first().waitFor();
    // The newest is the first: Enter takes the run that was just made.
    await workbench.page.keyboard.press('Enter');
    await workbench.page.locator('.tab.active', { hasText: /phishing-triage-.*trace\.jsonl/ }).waitFor();
    const view = workbench.page.locator('iframe.webview:visible').last().contentFrame().frameLocator('#active-frame');
    await view.locator('[data-testid="badge"][data-integrity="verified"]').waitFor();
    await view.getByTestId('chip-approvals').click();
    await view.locator('[data-event="decided"]').last().click();
    await view.getByTestId('details').waitFor();
    await eventually(
      () =>
        vscode.window.visibleTextEditors.some(({ document, selection }) =>
          /id: ask_suspension/.test(document.lineAt(selection.active.line).text),
        ) || undefined,
      () => 'the playbook is not shown where it asked',
    );
    await workbench.screenshot('walkthrough-trace');
  });
});
