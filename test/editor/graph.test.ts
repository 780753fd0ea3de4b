import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';
import * as vscode from 'vscode';
import { eventually, openSample, openWorkbench, replaceInEditor, revert, type Workbench } from './support/workbench.js';

const NAME = 'phishing-triage.playbook.yaml';

describe('The graph beside the text', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(async () => {
    await workbench.page.setViewportSize({ width: 1440, height: 900 });
    await vscode.workspace.getConfiguration('workbench').update('colorTheme', undefined, true);
    await vscode.commands.executeCommand('workbench.view.explorer');
    await workbench.close();
  });

  const frame = (): FrameLocator => workbench.webview();
  const card = (key: string): Locator => frame().locator(`[role=treeitem][data-key="${key}"]`);
  const current = (key: string): Locator => frame().locator(`[data-key="${key}"][aria-current="location"]`);

  /** Puts the cursor on the line of a step's id. */
  function goTo(editor: vscode.TextEditor, id: string): void {
    const at = editor.document.positionAt(editor.document.getText().indexOf(`id: ${id}\n`));
    editor.selection = new vscode.Selection(at, at);
    editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenter);
  }

  it('opens beside the text without the focus, and follows the cursor', async () => {
    const editor = await openSample(NAME);
    await workbench.page.locator('.editor-actions a.action-label[aria-label^="Show Playbook Graph"]').first().click();
    await card('ask_suspension').waitFor();
    assert.equal(vscode.window.activeTextEditor?.document.uri.path, editor.document.uri.path);
    goTo(editor, 'ask_suspension');
    await current('ask_suspension').waitFor();
    await workbench.screenshot('graph');
    goTo(editor, 'suspend');
    await current('suspend').waitFor();
    assert.equal(vscode.window.activeTextEditor, editor);

    // Another playbook in view is drawn in the same tab.
    await openSample('identity-takeover.playbook.yaml');
    await workbench.page.locator('.tab', { hasText: 'Graph: identity-takeover' }).waitFor();
    await card('ask_quarantine').waitFor({ state: 'detached' });
    assert.equal(
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ label }) => label.startsWith('Graph:')).length,
      1,
    );
  });

  it('shows what a gate covers, and leads from a step to its line', async () => {
    const editor = await openSample(NAME);
    await vscode.commands.executeCommand('countersign.showGraph');
    await card('ask_suspension').click();
    await frame().getByTestId('covers').getByText('identity.suspend(').waitFor();
    await card('suspend').getByText('covered by this gate').waitFor();
    // From farther away, so that both are to be seen.
    for (const _ of [1, 2]) await workbench.page.keyboard.press('-');
    await frame().locator('.graph-canvas[style*="zoom: 0.69"]').waitFor();
    await workbench.screenshot('graph-gate');
    const line = await eventually(
      () => {
        const text = editor.document.lineAt(editor.selection.active.line).text;
        return text.includes('ask_suspension') ? text : undefined;
      },
      () => 'the cursor went to the gate',
    );
    assert.match(line, /id: ask_suspension/);
    await card('suspend').click();
    await card('ask_suspension').getByText('grants this act').waitFor();

    // A page that starts again, as when the window is loaded anew, is as it was left.
    await frame()
      .locator('body')
      .evaluate((body) => body.classList.add('before'));
    await vscode.commands.executeCommand('workbench.action.webview.reloadWebviewAction');
    await frame().locator('body:not(.before)').waitFor();
    await card('ask_suspension').getByText('grants this act').waitFor();
    await current('suspend').waitFor();
    await frame().getByTestId('facts').getByText('Every path to it has the approval').waitFor();
    await workbench.screenshot('graph-act');
    await card('suspend').press('Enter');
    await eventually(
      () => (vscode.window.activeTextEditor?.document.uri.path.endsWith(NAME) ? true : undefined),
      () => 'the text has the focus',
    );
    // And back, by keys alone.
    await vscode.commands.executeCommand('workbench.action.focusSecondEditorGroup');
    await frame()
      .locator('body')
      .evaluate(async () => {
        if (!document.hasFocus())
          await new Promise((resolve) => window.addEventListener('focus', resolve, { once: true }));
      });
    await workbench.page.keyboard.press('Home');
    await frame().locator('[data-key="headers"]:focus').waitFor();
  });

  it('keeps the last good picture while the text is broken, follows the cursor in it, and shows a violation', async () => {
    const editor = await openSample(NAME);
    await vscode.commands.executeCommand('countersign.showGraph');
    await card('suspend').waitFor();
    await replaceInEditor(editor, 'attack: [', 'attack: [[');
    await frame().getByTestId('note').getByText('last good picture').waitFor();
    goTo(editor, 'ask_suspension');
    await current('ask_suspension').waitFor();
    await workbench.screenshot('graph-broken');
    await revert(editor);
    await frame().getByTestId('note').waitFor({ state: 'detached' });

    await replaceInEditor(editor, 'grants: [suspend]', 'grants: []');
    await card('suspend').getByText('violated').waitFor();
    await card('suspend').click();
    await frame().getByTestId('path').waitFor();
    await workbench.screenshot('graph-violated');
    await revert(editor);
    await card('suspend').getByText('violated').waitFor({ state: 'detached' });
  });

  for (const [name, theme, width] of [
    ['light', 'Default Light Modern', 1600],
    ['contrast', 'Default High Contrast', 1440],
    ['narrow', 'Default Dark Modern', 480],
  ] as const) {
    it(`can be read: ${name}`, async () => {
      await vscode.workspace.getConfiguration('workbench').update('colorTheme', theme, true);
      await workbench.page.setViewportSize({ width, height: 900 });
      const editor = await openSample(NAME);
      await vscode.commands.executeCommand('countersign.showGraph');
      goTo(editor, 'ask_suspension');
      await card('ask_suspension').click();
      await frame().getByTestId('facts').waitFor();
      await workbench.screenshot(`graph-${name}`);
    });
  }
});
