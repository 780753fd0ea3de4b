import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TraceLine } from '../../runner/protocol/trace.js';
import {
  diagnosticsOf,
  eventually,
  openWorkbench,
  revert,
  sample,
  until,
  type Workbench,
} from './support/workbench.js';

const NAME = 'phishing-triage.playbook.yaml';

/** No mouse anywhere, and nothing done behind the window's back: what a person without a pointer has is the keys. */
describe('The whole job by keyboard alone', function () {
  // Each part goes on where the one before left the window.
  this.bail(true);
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    await workbench.screenshot('keyboard-failed');
    // Whatever still waits for a person would wait in every view that later tests look at.
    await vscode.commands.executeCommand('countersign.endRun');
  });
  after(async () => {
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.path.endsWith(NAME));
    if (editor) await revert(editor);
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.view.explorer');
    await workbench.close();
  });

  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await workbench.page.keyboard.press(key);
  };
  const type = (text: string): Promise<void> => workbench.page.keyboard.type(text);
  /** The entry of the open list that Enter takes. */
  const offered = (text: string) =>
    workbench.quickInput().locator('.monaco-list-row.focused', { hasText: text }).first();
  /** Waits until this has the focus inside the webview. */
  const focused = (selector: string) => workbench.webview().locator(`${selector}:focus`).waitFor();
  const testId = (id: string): string => `[data-testid="${id}"]`;

  async function command(title: string): Promise<void> {
    await press('F1');
    await workbench.quickInput().locator('input[type="text"], input:not([type])').first().waitFor();
    await type(title);
    await offered(title).waitFor();
    await press('Enter');
  }

  /** Tab, or Shift+Tab, until this has the focus; there are never many stops. */
  async function tabTo(selector: string, key = 'Tab'): Promise<void> {
    const target = workbench.webview().locator(`${selector}:focus`);
    for (let stops = 0; stops < 20; stops++) {
      await press(key);
      if ((await target.count()) > 0) return;
    }
    assert.fail(`${key} never comes to ${selector}`);
  }

  it('opens a playbook and starts a dry run', async () => {
    await press('Control+p');
    await type(NAME);
    await offered(NAME).waitFor();
    await press('Enter');
    await workbench.page.locator('.tab.active', { hasText: NAME }).waitFor();
    await command('Countersign: Dry-run playbook');
    await workbench.quickInput().getByText('Dry-run phishing-triage.playbook.yaml on which alert?').waitFor();
    await type('look-alike');
    await offered('A look-alike sign-in page').waitFor();
    await press('Enter');
  });

  it('reads every argument of what is asked, and rejects with nothing but a slip of Enter', async () => {
    await focused(testId('reject'));
    await press('Enter');
    // Nobody was chosen and no reason given: nothing is decided.
    await workbench.webview().getByText('Choose who you are').waitFor();
    await focused(testId('approver'));
    const card = workbench.webview().locator(testId('approval-card'));
    const body = card.locator('.card-body');
    await tabTo('.card-body', 'Shift+Tab');
    await workbench.screenshot('keyboard-card');
    await press('End');
    const seen = async () =>
      body.evaluate((element) => element.scrollTop + element.clientHeight >= element.scrollHeight - 1);
    await until(seen, 'End does not scroll to the end of what is asked');
    await press('Home');
    await until(() => body.evaluate((element) => element.scrollTop === 0), 'Home does not scroll back');
  });

  it('approves: who, why, the tick for what cannot be undone, and the button', async () => {
    await tabTo(testId('approver'));
    await type('ana');
    await tabTo(testId('reason'));
    await type('The domain is a look-alike.');
    await tabTo(testId('approve'));
    await press('Enter');
    await workbench.webview().getByText('tick that you know').waitFor();
    await focused(testId('acknowledged'));
    await press('Space');
    await workbench.screenshot('keyboard-acknowledged');
    await tabTo(testId('approve'));
    await press('Enter');
  });

  it('goes to the next question from the view of what waits, and rejects it', async () => {
    const card = workbench.webview().locator(`${testId('approval-card')}[data-gate="ask_suspension"]`);
    await card.waitFor();
    await focused(testId('reject'));
    // A list of commands gives the keys back to where it was opened from, and a page takes them late: it would have them
    // again after the view has got them.
    await press('Control+0');
    await workbench.page.locator('.sidebar :focus').waitFor();
    // The first time a container is shown, its views are not there yet to take the focus.
    await command('View: Show Countersign');
    await workbench.page.locator('.sidebar .monaco-list-row', { hasText: 'Suspend the account?' }).first().waitFor();
    await command('Countersign: Focus on Pending Approvals View');
    const row = workbench.page.locator('.sidebar .pane .monaco-list-row.focused', { hasText: 'Suspend the account?' });
    // A row counts as focused before its list has the keys.
    await workbench.page.locator('.sidebar .pane .monaco-list:focus', { hasText: 'Suspend the account?' }).waitFor();
    await press('Home');
    await row.waitFor();
    await press('Enter');
    await focused(testId('reject'));
    await tabTo(testId('approver'), 'Shift+Tab');
    await type('cy');
    await tabTo(testId('reason'));
    await type('Could not be reached.');
    await tabTo(testId('reject'));
    await press('Enter');
    await card.waitFor({ state: 'detached' });
    await workbench
      .webview()
      .locator(`${testId('badge')}[data-integrity="verified"]`)
      .waitFor();
  });

  it('reads the trace: events, decisions, a search, a filter, the details and the other panes', async () => {
    const view = workbench.webview();
    await focused(testId('event-list'));
    const selected = view.locator('.row.selected');
    await press('Home', 'j', 'j', 'k');
    await view.locator('.row.selected[data-seq="1"]').waitFor();
    await press('n');
    assert.ok(Number(await selected.getAttribute('data-seq')) > 1, 'the next decision');
    await press('Home', 'n', 'n', 'p');
    await press('/');
    await focused(testId('search'));
    await type('suspen');
    await view.locator(testId('count')).getByText(/ of /).waitFor();
    await press('Escape');
    await focused(testId('event-list'));
    await press('n', 'Enter');
    await view.locator(testId('details')).waitFor();
    await press('Escape', '/', ...Array.from('suspen', () => 'Backspace'));
    await view
      .locator(testId('count'))
      .getByText(/^\d+ events$/)
      .waitFor();
    await tabTo(testId('chip-approvals'));
    await press('Enter');
    await view.locator(`${testId('chip-approvals')}[aria-pressed="true"]`).waitFor();
    await press('Escape', 'End');
    for (const [key, pane] of [
      ['2', 'steps'],
      ['3', 'waterfall'],
      ['4', 'approvals'],
      ['5', 'budget'],
      ['1', 'events'],
    ] as const) {
      await press(key);
      await view.locator(`[role=tabpanel][data-pane="${pane}"]`).waitFor();
    }
    await press('?');
    await view.locator(testId('help')).waitFor();
    await workbench.screenshot('keyboard-help');
    await press('Escape');
  });

  it('goes from an event to its line of the playbook', async () => {
    const rejected = workbench.webview().locator('[data-event="decided"]').last();
    const seq = await rejected.getAttribute('data-seq');
    await press('Home');
    const selected = workbench.webview().locator('.row.selected');
    while ((await selected.getAttribute('data-seq')) !== seq) await press('j');
    await press('o');
    const line = await eventually(
      () => {
        const shown = vscode.window.activeTextEditor;
        return shown?.document.uri.path.endsWith(NAME)
          ? shown.document.lineAt(shown.selection.active.line).text
          : undefined;
      },
      () => 'the playbook has not the focus',
    );
    assert.match(line, /ask_suspension/);
  });

  it('comes to a problem in the text with F8', async () => {
    await press('Control+f');
    await workbench.page.locator('.find-widget.visible').waitFor();
    await press('Control+a');
    await type('grants: [quarantine, warn]');
    await workbench.page.locator('.find-widget .matchesCount', { hasText: '1 of 1' }).waitFor();
    await press('Escape');
    await type('grants: [quarantin, warn]');
    const { uri } = vscode.window.activeTextEditor?.document ?? assert.fail('no text editor is active');
    await diagnosticsOf(uri, (found) => found.length === 1 && /"quarantin"/.test(found[0]?.message ?? ''));
    // The window has it a moment later than the extensions.
    await workbench.page.locator('.editor-instance .squiggly-error').first().waitFor();
    // What is proposed while one types takes the first Escape.
    await press('Escape');
    await workbench.page.locator('.suggest-widget.visible').waitFor({ state: 'hidden' });
    await press('F8');
    await workbench.page.locator('.marker-widget').waitFor();
    await workbench.screenshot('keyboard-problem');
  });

  it('left a trace that says what was decided', async () => {
    const names = (await vscode.workspace.fs.readDirectory(sample('traces'))).map(([name]) => name);
    const newest = names
      .filter((name) => /^phishing-triage-.*\.trace\.jsonl$/.test(name))
      .sort()
      .at(-1);
    assert.ok(newest);
    const text = Buffer.from(await vscode.workspace.fs.readFile(sample(`traces/${newest}`))).toString('utf8');
    const decided = text
      .trim()
      .split('\n')
      .map((line): TraceLine => JSON.parse(line))
      .flatMap((line) => (line.event === 'decided' ? [[line.actor.id, line.data.decision]] : []));
    assert.deepEqual(decided, [
      ['ana@soc.example', 'approve'],
      ['cy@soc.example', 'reject'],
    ]);
  });
});
