import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { eventually, openWorkbench, sample, type Workbench } from './support/workbench.js';

const FOLDER = 'compared';
const NAME = 'contain-host.playbook.yaml';
const REFUSED = `    on-reject:
      - id: stays
        stop: { outcome: stopped, reason: A person refused to isolate the host., verdict: "'refused'" }
`;

describe('The boundary beside that of a git revision', () => {
  let workbench: Workbench;
  let failures = 0;
  const folder = (): string => sample(FOLDER).fsPath;

  function git(...args: readonly string[]): string {
    const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@soc.example', '-c', 'commit.gpgsign=false'];
    const { status, stdout, stderr } = spawnSync('git', ['-C', folder(), ...who, ...args], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  }

  before(async () => {
    workbench = await openWorkbench();
    mkdirSync(folder());
    for (const part of [NAME, 'catalogs', 'policies', 'context'])
      cpSync(sample(part).fsPath, path.join(folder(), part), { recursive: true });
    git('init', '--quiet', '--initial-branch=main');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'first');
    git('switch', '--quiet', '--create', 'change/roles');
    const policy = path.join(folder(), 'policies/default.policy.yaml');
    writeFileSync(policy, readFileSync(policy, 'utf8').replace('analyst: [', 'analyst: [new@soc.example, '));
    git('commit', '--quiet', '--all', '--message', 'A new colleague');
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`boundary-failed-${++failures}`);
  });
  after(async () => {
    await workbench.page.setViewportSize({ width: 1440, height: 900 });
    await vscode.workspace.getConfiguration('workbench').update('colorTheme', undefined, true);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.view.explorer');
    rmSync(folder(), { recursive: true, force: true });
    await workbench.close();
  });

  const page = () => workbench.webview().getByTestId('compared-boundary');
  const act = (text: string) => page().getByTestId('act').filter({ hasText: text });

  async function compare(choice: string): Promise<void> {
    vscode.commands.executeCommand('countersign.compareBoundary');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: 'Where HEAD left main' }).waitFor();
    await workbench.pick(choice);
  }

  /** Changes the text without saving, whether an editor of it is in view or not. */
  async function replace({ document }: vscode.TextEditor, was: string, is: string): Promise<void> {
    const at = document.getText().indexOf(was);
    assert.ok(at >= 0);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + was.length)), is);
    assert.ok(await vscode.workspace.applyEdit(edit));
  }

  async function revert({ document }: vscode.TextEditor): Promise<void> {
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }

  const open = async (): Promise<vscode.TextEditor> =>
    vscode.window.showTextDocument(await vscode.workspace.openTextDocument(sample(`${FOLDER}/${NAME}`)));

  it('shows what unsaved text lets the AI do, beside what it might before, and leads to both', async () => {
    const editor = await open();
    vscode.commands.executeCommand('countersign.compareBoundary');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: 'change/roles' }).waitFor();
    await workbench.screenshot('boundary-compare-choose');
    await workbench.pick('HEAD');
    await page().getByText('Nothing it may do has changed').waitFor();

    await replace(editor, REFUSED, '    on-reject: continue\n');
    await act('edr.isolate').getByText('a path leads to it without approval').waitFor();
    await act('edr.isolate').getByText('The policy as it was does not allow it.').waitFor();
    await act('edr.isolate').getByText('ask (rejected)').waitFor();
    await workbench.screenshot('boundary-compare');

    await act('edr.isolate').getByTestId('open-after').click();
    const now = await selected((shown) => shown.document.uri.scheme === 'file');
    assert.equal(now.document.getText(now.selection), 'edr.isolate');
    await vscode.commands.executeCommand('workbench.action.focusFirstEditorGroup');
    await act('edr.isolate').getByTestId('open-before').focus();
    await workbench.page.keyboard.press('Enter');
    const before = await selected((shown) => shown.document.uri.scheme === 'countersign-revision');
    assert.equal(before.document.getText(before.selection), 'edr.isolate');
    assert.ok(before.document.getText().includes('A person refused to isolate the host.'));
    assert.match(before.document.uri.path, /contain-host \([0-9a-f]{8}\)\.playbook\.yaml$/);
    await workbench.screenshot('boundary-compare-text');
    await revert(editor);
  });

  it('compares with where the branch left, and names roles as the cause', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await open();
    await compare('Where HEAD left main');
    await act('edr.isolate').getByText('new@soc.example may approve it, too').waitFor();
    await act('edr.isolate').getByText('Because of: roles').waitFor();
    assert.equal(await act('edr.isolate').getAttribute('data-class'), 'widened');
  });

  it('says plainly why there is nothing to compare with', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.window.showTextDocument(
      await vscode.workspace.openTextDocument(sample('phishing-triage.playbook.yaml')),
    );
    await vscode.commands.executeCommand('countersign.compareBoundary');
    // Whether it comes as a toast is up to the window; it is in the list in any case.
    await vscode.commands.executeCommand('notifications.showList');
    await workbench.notification('is in no git work tree').waitFor();
    await workbench.screenshot('boundary-compare-none');
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('reviews all playbooks at once with where the branch began, new text in editors included, and follows', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const editor = await open();
    await vscode.commands.executeCommand('workbench.view.extension.countersign');
    await vscode.commands.executeCommand('countersign.boundary.focus');
    const pane = workbench.page.locator('.sidebar .pane', {
      has: workbench.page.locator('.pane-header[aria-label^="Authorization Boundary"]'),
    });
    await pane.locator('.monaco-list-row').first().hover();
    await pane.locator('a.action-label[aria-label^="Review Boundary Changes"]').click();
    // The branch gave a role a member; nothing waits to be saved yet.
    await act('edr.isolate').getByText('new@soc.example may approve it, too').waitFor();
    await page().getByRole('heading', { name: 'May do more, with a person' }).waitFor();
    await page().getByText('main, where HEAD left it').waitFor();
    await replace(editor, REFUSED, '    on-reject: continue\n');
    await page().getByRole('heading', { name: 'May do more without a person' }).waitFor();
    await act('edr.isolate').getByText('ask (rejected)').first().waitFor();
    await workbench.screenshot('boundary-review');

    await act('edr.isolate').getByTestId('open-before').press('Enter');
    const before = await selected((shown) => shown.document.uri.scheme === 'countersign-revision');
    assert.equal(before.document.getText(before.selection), 'edr.isolate');
    await revert(editor);
    await vscode.commands.executeCommand('countersign.reviewBoundaries');
    await page().getByRole('heading', { name: 'May do more, with a person' }).waitFor();
    assert.equal(await page().getByRole('heading', { name: 'May do more without a person' }).count(), 0);
  });

  it('is offered in the view of git, too, for its repository', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.view.scm');
    await workbench.page.locator('.sidebar .scm-view .monaco-list-row').first().waitFor();
    const changes = workbench.page.locator('.sidebar .pane-header[aria-label^="Changes"]');
    await changes.hover();
    await changes.locator('a.action-label[aria-label*="More Actions"]').click();
    const item = workbench.page.locator('.context-view .action-item', { hasText: 'Review Boundary Changes' });
    await item.waitFor();
    await workbench.screenshot('boundary-review-scm');
    await item.click();
    await page().getByRole('heading', { name: 'Boundary changes in compared' }).waitFor();
  });

  it('reviews in the same tab again, against what the person chooses', async () => {
    await vscode.commands.executeCommand('countersign.reviewBoundaries', vscode.Uri.file(folder()));
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ label }) => /^Boundary changes/.test(label));
    assert.equal(tabs.length, 1);
    await page().getByRole('button', { name: 'Compare with Another…' }).click();
    await workbench.quickInput().locator('.monaco-list-row', { hasText: 'change/roles' }).waitFor();
    await workbench.pick('HEAD');
    await page().getByText('Nothing that playbooks may do has changed').waitFor();
    await workbench.screenshot('boundary-review-same');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('countersign.reviewBoundaries', vscode.Uri.joinPath(sample('.'), '..'));
    await page().getByText('in no git work tree').waitFor();
    await workbench.screenshot('boundary-review-none');
  });

  for (const [name, theme, width] of [
    ['dark', 'Default Dark Modern', 1440],
    ['light', 'Default Light Modern', 1440],
    ['contrast', 'Default High Contrast', 1440],
    ['narrow', 'Default Dark Modern', 480],
    ['wide', 'Default Light Modern', 1600],
  ] as const) {
    it(`can be read: ${name}`, async () => {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.workspace.getConfiguration('workbench').update('colorTheme', theme, true);
      await workbench.page.setViewportSize({ width, height: 900 });
      const editor = await open();
      await replace(editor, REFUSED, '    on-reject: continue\n');
      await compare('Where HEAD left main');
      await act('edr.isolate').getByText('a path leads to it without approval').waitFor();
      await workbench.screenshot(`boundary-compare-${name}`);
      await vscode.commands.executeCommand('workbench.action.closeEditorsInOtherGroups');
      await vscode.commands.executeCommand('countersign.reviewBoundaries', vscode.Uri.file(folder()));
      await page().getByRole('heading', { name: 'May do more without a person' }).waitFor();
      await workbench.screenshot(`boundary-review-${name}`);
      await revert(editor);
    });
  }

  async function selected(wanted: (editor: vscode.TextEditor) => boolean): Promise<vscode.TextEditor> {
    return eventually(
      () => {
        const shown = vscode.window.activeTextEditor;
        return shown && wanted(shown) && !shown.selection.isEmpty ? shown : undefined;
      },
      () => `the place is selected: ${vscode.window.activeTextEditor?.document.uri}`,
    );
  }
});
