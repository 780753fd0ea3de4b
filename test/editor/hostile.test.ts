import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import * as vscode from 'vscode';
import { openWorkbench, sample, until, type Workbench } from './support/workbench.js';

const FOLDER = 'hostile';
/** What would run something where it is made a link of, or draw an icon, HTML, colours, or letters in another order. */
const HOSTILE = `[run](command:workbench.action.toggleZenMode) $(bug) <img src=x> <b>b</b> **c** \u001b[31mred \u202Elmth.exe\u202C\u2066\nnext ${'x'.repeat(10_000)}`;
const NAME = '[run](command:workbench.action.toggleZenMode) $(bug).playbook.yaml';

/** Those of the hostile text; the window puts marks of direction into labels of its own. */
const HIDDEN = ['\u001b', '\u202e', '\u202c', '\u2066'];

function hidesNothing(shown: string): void {
  for (const one of HIDDEN) assert.ok(!shown.includes(one), `U+${one.charCodeAt(0).toString(16)} is in ${shown}`);
}

/** Names that others chose, wherever the workbench itself shows them: what a webview shows is tested with each page. */
describe('Hostile names in the parts of the window', () => {
  let workbench: Workbench;
  const file = (name: string): string => path.join(sample(FOLDER).fsPath, name);
  const playbook = (): vscode.Uri => vscode.Uri.file(file(NAME));

  before(async () => {
    workbench = await openWorkbench();
    mkdirSync(file('cases'), { recursive: true });
    for (const part of ['catalogs', 'policies', 'context', 'alerts'])
      cpSync(sample(part).fsPath, file(part), { recursive: true });
    rmSync(file('policies/default.policy.test.yaml'));
    const said = JSON.stringify(HOSTILE);
    const text = readFileSync(sample('contain-host.playbook.yaml').fsPath, 'utf8');
    const wrong = text
      .replace('playbook: contain-host', 'playbook: hostile')
      .replaceAll(/^( +title:) .*$/gm, `$1 ${said.replaceAll('$', '$$$$')}`)
      .replace('reason: A person refused to isolate the host.', () => `reason: ${said}`);
    assert.ok(wrong.split(said.slice(1, 40)).length > 5, 'titles and a reason are hostile');
    writeFileSync(file(NAME), wrong);
    const onHost = text.replace(
      /(action: edr\.isolate\n +with: \{ host:) "[^"]*"/,
      (_, start: string) => `${start} ${said}`,
    );
    assert.ok(onHost.includes(said), 'an argument is hostile');
    writeFileSync(file('argument.playbook.yaml'), onHost);
    const hand = readFileSync(sample('cases/host-hand-over.case.yaml').fsPath, 'utf8');
    const changed = hand
      .replace('case: host-hand-over', 'case: hostile')
      .replace('playbook: contain-host', 'playbook: hostile')
      .replace(/^title: .*$/m, () => `title: ${said}`)
      .replace(/^description: [\s\S]*?\nplaybook/m, () => `description: ${said}\nplaybook`);
    assert.ok(changed.split(said).length === 3, 'title and description are hostile');
    writeFileSync(file('cases/hostile.case.yaml'), changed);
    writeFileSync(
      file('policies/hostile.policy.test.yaml'),
      `policy-test: hostile\npolicy: default.policy.yaml\ntests:\n  - { title: ${said}, effect: read, expect: { level: manual } }\n`,
    );
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('hostile-failed');
  });
  after(async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('testing.clearTestResults');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.action.closePanel');
    await vscode.commands.executeCommand('workbench.view.explorer');
    rmSync(file('.'), { recursive: true, force: true });
    await workbench.close();
  });

  const page = () => workbench.page;
  const pane = (title: string): Locator =>
    page().locator('.sidebar .pane', { has: page().locator(`.pane-header[aria-label^="${title}"]`) });

  /** Asserts that a part of the window shows the hostile text, and as nothing but text. */
  async function inert(
    part: Locator,
    shows: string | RegExp = 'command:workbench.action.toggleZenMode',
  ): Promise<void> {
    await part.first().waitFor();
    const text = (await part.allInnerTexts()).join('\n');
    assert.ok(
      typeof shows === 'string' ? text.includes(shows) : shows.test(text),
      `it shows ${shows}: ${text.slice(0, 400)}`,
    );
    hidesNothing(text);
    assert.ok(text.length < 2000, `${text.length} characters`);
    const made = part.locator('[href], [data-href], .codicon-bug, img[src="x"], b, strong');
    assert.equal(await made.count(), 0, (await made.allInnerTexts()).join());
  }

  /** What hovering over a row shows. */
  async function tooltip(row: Locator): Promise<Locator> {
    const hover = page().locator('.workbench-hover').last();
    // A row that is drawn anew under a pointer at rest, as a view does when something changes, shows nothing until it moves.
    await until(async () => {
      await page().mouse.move(2, 2);
      await row.hover();
      return hover.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
    }, 'hovering shows nothing');
    return hover;
  }

  it('are text in the list of cases, in messages and in the views, from the start of a run to its end', async () => {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(playbook()));
    vscode.commands.executeCommand('countersign.dryRun', playbook());
    const cases = workbench.quickInput().locator('.monaco-list-row', { hasText: 'toggleZenMode' });
    await inert(cases.first(), /⟨U\+202E⟩/);
    await inert(workbench.quickInput().locator('.quick-input-title'));
    await workbench.screenshot('hostile-cases');
    await cases.first().click();

    await vscode.commands.executeCommand('workbench.view.extension.countersign');
    for (const id of ['library', 'boundary', 'approvals', 'runs'])
      await vscode.commands.executeCommand(`countersign.${id}.focus`);
    const question = pane('Pending Approvals').locator('.monaco-list-row').first();
    await inert(question, /⟨U\+202E⟩/);
    await inert(await tooltip(question), /⟨U\+202E⟩/);
    await workbench.screenshot('hostile-tooltip');
    await page().keyboard.press('Escape');
    await vscode.commands.executeCommand('notifications.showList');
    await inert(page().locator('.notification-list-item-message', { hasText: 'Approval needed' }));
    await inert(page().locator('.notification-list-item-message', { hasText: 'Dry run of' }));
    await workbench.screenshot('hostile-asked');
    // Hidden, how far it is stands in the status bar.
    await vscode.commands.executeCommand('notifications.hideList');
    await inert(page().locator('.statusbar-item', { hasText: 'Dry run of' }));

    await inert(pane('Authorization Boundary').locator('.pane-header'), 'toggleZenMode');
    await pane('Library').locator('.monaco-list-row', { hasText: FOLDER }).first().click();
    await inert(pane('Library').locator('.monaco-list-row', { hasText: 'toggleZenMode' }));
    await inert(page().locator('.tabs-container .tab', { hasText: 'Dry run:' }), 'toggleZenMode');
    const card = workbench.webview().getByTestId('approval-card');
    await card.getByTestId('approver').selectOption('ana@soc.example');
    await card.getByTestId('reason').fill('No.');
    await card.getByTestId('reject').click();
    const ended = page().locator('.notification-list-item-message', { hasText: 'Dry run stopped' });
    await vscode.commands.executeCommand('notifications.showList');
    await inert(ended, /⟨U\+202E⟩/);
    const run = pane('Runs').locator('.monaco-list-row', { hasText: 'stopped' }).filter({ hasText: 'hostile' }).first();
    await inert(run, 'hostile');
    await inert(await tooltip(run), /⟨U\+202E⟩/);
    await workbench.screenshot('hostile-ended');
  });

  it('are text in the boundary of a playbook and what its tooltip says', async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file('argument.playbook.yaml')));
    await vscode.commands.executeCommand('countersign.boundary.focus');
    const act = pane('Authorization Boundary').locator('.monaco-list-row', { hasText: '⟨U+202E⟩' }).first();
    await inert(act, /⟨U\+202E⟩/);
    await inert(await tooltip(act), /⟨U\+202E⟩/);
    await workbench.screenshot('hostile-boundary');
    await page().keyboard.press('Escape');
  });

  it('are text in the Test Explorer and its results', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.view.testing.focus');
    const tests = page().locator('.test-explorer .monaco-list-row');
    await vscode.window.showTextDocument(
      await vscode.workspace.openTextDocument(file('policies/hostile.policy.test.yaml')),
    );
    await page().locator('.testing-run-glyph').nth(1).waitFor();
    await vscode.commands.executeCommand('testing.runCurrentFile');
    await tests.filter({ hasText: 'policies/hostile' }).first().click();
    await page().keyboard.press('ArrowRight');
    const test = tests.filter({ hasText: '⟨U+202E⟩' }).first();
    await page()
      .locator('.test-explorer .monaco-list-row[aria-label*="toggleZenMode"][aria-label*="(Failed"]')
      .first()
      .waitFor();
    await inert(test, /⟨U\+202E⟩/);
    await vscode.commands.executeCommand('workbench.panel.testResults.view.focus');
    await inert(page().locator('.test-output-peek-tree .monaco-list-row', { hasText: 'toggleZenMode' }), /⟨U\+202E⟩/);
    await workbench.screenshot('hostile-tests');
  });

  it('are text where the branches to compare with are listed', async () => {
    const branch = 'a/$(bug)<b>](command:workbench.action.toggleZenMode)';
    const git = (...args: readonly string[]): void => {
      const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@soc.example', '-c', 'commit.gpgsign=false'];
      const { status, stderr } = spawnSync('git', ['-C', file('.'), ...who, ...args], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    };
    git('init', '--quiet', '--initial-branch=main');
    git('add', 'policies');
    git('commit', '--quiet', '--message', 'first');
    git('branch', '--', branch.replace(':', ''));
    await vscode.commands.executeCommand('workbench.action.closePanel');
    vscode.commands.executeCommand('countersign.compareBoundary', playbook());
    const row = workbench.quickInput().locator('.monaco-list-row', { hasText: 'a/' });
    await inert(row, '$ (bug)');
    await inert(workbench.quickInput().locator('.quick-input-title'));
    await workbench.screenshot('hostile-branches');
    await page().keyboard.press('Escape');
    await vscode.commands.executeCommand('countersign.reviewBoundaries', playbook());
    await workbench
      .webview()
      .getByTestId('compared-boundary')
      .getByRole('heading', { name: 'May do more' })
      .first()
      .waitFor();
    await inert(page().locator('.tabs-container .tab', { hasText: 'Boundary changes' }), 'Boundary changes');
    const shown = await workbench.webview().getByTestId('compared-boundary').innerText();
    hidesNothing(shown);
    await workbench.screenshot('hostile-review');
  });

  it('did nothing to the window', async () => {
    assert.equal(
      await page().locator('.monaco-workbench.zenmode, .monaco-workbench .part.activitybar.hidden').count(),
      0,
    );
    await page().locator('.part.activitybar').waitFor();
  });
});
