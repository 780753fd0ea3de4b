import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import * as vscode from 'vscode';
import { seriousFaults } from '../../client/viewer/testing/axe.test.js';
import {
  eventually,
  openSample,
  openWorkbench,
  replaceInEditor,
  revert,
  sample,
  type Workbench,
} from './support/workbench.js';

const NAME = 'phishing-triage.playbook.yaml';

describe('The views', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await vscode.commands.executeCommand('notifications.showList');
      await workbench.screenshot('views-failed');
    }
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(async () => {
    await workbench.page.setViewportSize({ width: 1440, height: 900 });
    await vscode.workspace.getConfiguration('workbench').update('colorTheme', undefined, true);
    await vscode.commands.executeCommand('workbench.view.explorer');
    await workbench.close();
  });

  const icon = (): Locator => workbench.page.locator('.activitybar .action-item', { has: tab() });
  const tab = (): Locator => workbench.page.locator('a.action-label[aria-label^="Countersign"]');
  const view = (title: string): Locator =>
    workbench.page.locator('.sidebar .pane', { has: workbench.page.locator(`.pane-header[aria-label^="${title}"]`) });
  const row = (title: string, text: string | RegExp): Locator =>
    view(title).locator('.monaco-list-row', { hasText: text }).first();

  /** A button of a row, which the pointer on the row shows. */
  const action = (of: Locator, name: string): Locator => of.locator(`.actions a.action-label[aria-label^="${name}"]`);

  /** Shows the container, with every view in it open. */
  async function open(): Promise<void> {
    await vscode.commands.executeCommand('workbench.view.extension.countersign');
    for (const id of ['library', 'boundary', 'approvals', 'runs'])
      await vscode.commands.executeCommand(`countersign.${id}.focus`);
  }

  async function start(title: string): Promise<void> {
    vscode.commands.executeCommand('countersign.dryRun');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: title }).first().waitFor();
    await workbench.pick(title);
  }

  async function approve(gate: string, who: string): Promise<void> {
    const card = workbench.webview().locator(`[data-testid="approval-card"][data-gate="${gate}"]`);
    await card.waitFor();
    await card.getByTestId('approver').selectOption(who);
    await card.getByTestId('reason').fill('Seen.');
    const noWayBack = card.getByTestId('acknowledged');
    if ((await noWayBack.count()) > 0) await noWayBack.check();
    await card.getByTestId('approve').click();
  }

  it('show what is there, or how to begin', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await open();
    await view('Pending Approvals').getByText('Nothing waits for a person.').waitFor();
    await view('Authorization Boundary').getByText('Open a playbook to see').waitFor();
    await row('Library', /^\s*phishing-triage/).waitFor();
    await row('Library', 'Catalogs').waitFor();
    await workbench.screenshot('views-empty');
    await row('Library', /^\s*phishing-triage/).click();
    await workbench.page.locator('.tab.active', { hasText: NAME }).waitFor();
  });

  it('say who decides about each act of the playbook in view, and lead to its line', async () => {
    const editor = await openSample(NAME);
    await open();
    await row('Authorization Boundary', /^\s*Approval: incident-commander/).waitFor();
    await row('Authorization Boundary', 'identity.suspend').click();
    const line = await eventually(
      () => {
        const shown = vscode.window.activeTextEditor;
        return shown && !shown.selection.isEmpty ? shown.document.lineAt(shown.selection.start.line).text : undefined;
      },
      () => 'the act is selected in the playbook',
    );
    assert.match(line, /identity\.suspend/);
    await workbench.screenshot('views-boundary');

    // While the text is broken, what it said before stays.
    await replaceInEditor(editor, 'attack: [', 'attack: [[');
    await view('Authorization Boundary').getByText('this is what it said before').waitFor();
    await row('Authorization Boundary', 'case.close').waitFor();
    await workbench.screenshot('views-boundary-broken');
    await revert(editor);
    await view('Authorization Boundary').getByText('this is what it said before').waitFor({ state: 'detached' });
  });

  it('list a run while it goes on, and what waits for a person, without coming to the front', async () => {
    const explorer = workbench.page.locator('.sidebar .composite.title', { hasText: 'Explorer' });
    await openSample(NAME);
    await vscode.commands.executeCommand('workbench.view.explorer');
    await explorer.waitFor();
    await start('A look-alike sign-in page');
    const badge = icon().locator('.badge-content', { hasText: '1' });
    await badge.waitFor();
    assert.ok(await explorer.isVisible(), 'the Explorer stays in front');
    assert.equal(await workbench.page.locator('.monaco-dialog-box').count(), 0);

    await open();
    await row('Runs', /phishing-triage.*running · waits for a person/).waitFor();
    await row('Pending Approvals', /Quarantine the message\?/).waitFor();
    await workbench.webview().locator('[data-testid="approval-card"]').waitFor();
    await workbench.screenshot('views');
    // The tab of the run is gone; choosing the question brings it back.
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.commands.executeCommand('notifications.clearAll');
    await row('Pending Approvals', /Quarantine the message\?/).click();
    await approve('ask_quarantine', 'ana@soc.example');
    await row('Pending Approvals', /Suspend the account\?/).waitFor();
    await approve('ask_suspension', 'cy@soc.example');

    await row('Runs', /phishing-triage.*completed · malicious · no cost/).waitFor();
    await view('Pending Approvals').getByText('Nothing waits for a person.').waitFor();
    await badge.waitFor({ state: 'detached' });
    await workbench.screenshot('views-ended');
    await vscode.commands.executeCommand('notifications.clearAll');
    await row('Runs', /completed/).click();
    await workbench.webview().locator('[data-testid="badge"][data-integrity="verified"]').waitFor();
  });

  it('end a run from its row, and offer to go on with one that broke off', async () => {
    await openSample(NAME);
    await open();
    await start('A look-alike sign-in page');
    const running = row('Runs', /running/);
    await running.waitFor();
    await running.hover();
    await action(running, 'End Run').click();
    await row('Runs', /cancelled/).waitFor();

    const [name] = (await vscode.workspace.fs.readDirectory(sample('traces')))
      .map(([entry]) => entry)
      .filter((entry) => entry.endsWith('.trace.jsonl'));
    assert.ok(name);
    const text = Buffer.from(await vscode.workspace.fs.readFile(sample(`traces/${name}`))).toString('utf8');
    const cut = sample('traces/views-cut.trace.jsonl');
    await vscode.workspace.fs.writeFile(cut, Buffer.from(text.slice(0, Math.floor(text.length / 2))));
    const broken = row('Runs', /cut off/);
    await broken.waitFor();
    await broken.hover();
    await action(broken, 'Resume Run…').waitFor();
    await workbench.screenshot('views-cut');
    await vscode.workspace.fs.delete(cut);
    await broken.waitFor({ state: 'detached' });
  });

  it('say in the status bar what kind of file this is and what was found', async () => {
    await openSample(NAME);
    const braces = workbench.page.locator('#status\\.languageStatus');
    await braces.waitFor();
    await braces.click();
    await workbench.page.getByText('Countersign playbook').first().waitFor();
    await workbench.page.getByText('checked by Countersign: no problems').first().waitFor();
    await workbench.screenshot('language-status');
    await workbench.page.keyboard.press('Escape');
  });

  it('have a walkthrough', async () => {
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', 'countersign.countersign#start', false);
    await workbench.page.getByText('Dry-run a playbook', { exact: true }).first().waitFor();
    await workbench.screenshot('walkthrough');
  });

  for (const [name, theme, width] of [
    ['dark', 'Default Dark Modern', 1600],
    ['light', 'Default Light Modern', 1600],
    ['contrast', 'Default High Contrast', 1600],
    ['contrast-light', 'Default High Contrast Light', 1600],
    ['narrow', 'Default Dark Modern', 480],
    ['narrow-contrast', 'Default High Contrast Light', 480],
  ] as const) {
    it(`can be read, and have no serious fault of accessibility in what is ours alone: ${name}`, async () => {
      await vscode.workspace.getConfiguration('workbench').update('colorTheme', theme, true);
      await workbench.page.setViewportSize({ width, height: 900 });
      await openSample(NAME);
      await open();
      await start('A look-alike sign-in page');
      await row('Pending Approvals', /Quarantine the message\?/).waitFor();
      await row('Authorization Boundary', 'identity.suspend').waitFor();
      const asked = workbench.webview().locator('[data-testid="approval-card"]');
      await asked.waitFor();
      await workbench.screenshot(`views-${name}`);
      // In little room the person makes some: the side bar away, and one column for the run.
      if (width < 1000) await vscode.commands.executeCommand('workbench.action.maximizeEditorHideSidebar');
      const frame = await (await workbench.webview().locator('#viewer').elementHandle())?.ownerFrame();
      assert.ok(frame);
      assert.deepEqual(await seriousFaults(frame), [], 'the approval');
      await workbench.screenshot(`card-${name}`);
      await asked.getByTestId('approver').selectOption('ana@soc.example');
      await asked.getByTestId('reason').fill('Not now.');
      await asked.getByTestId('reject').click();
      await workbench.webview().locator('[data-testid="badge"][data-integrity="verified"]').waitFor();
      await vscode.commands.executeCommand('notifications.clearAll');
      for (const pane of ['events', 'steps', 'waterfall', 'approvals', 'budget']) {
        await workbench.webview().getByTestId(`tab-${pane}`).click();
        assert.deepEqual(await seriousFaults(frame), [], pane);
        await workbench.screenshot(`run-${name}-${pane}`);
      }
    });
  }
});
