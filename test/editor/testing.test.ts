import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import * as vscode from 'vscode';
import { leaveTestExplorer, testInState } from './support/test-explorer.js';
import { eventually, openSample, openWorkbench, sample, until, type Workbench } from './support/workbench.js';

const WRONG = 'cases/newsletter-wrong.case.yaml';

describe('The Test Explorer', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
    const text = Buffer.from(await vscode.workspace.fs.readFile(sample('cases/newsletter.case.yaml'))).toString('utf8');
    const wrong = text
      .replace(/^case: .*$/m, 'case: newsletter-wrong')
      .replace(/^title: .*$/m, 'title: A newsletter taken for an attack')
      .replace(/^( {2}verdict:) benign$/m, '$1 malicious');
    assert.equal(wrong.match(/^ {2}verdict: malicious$/gm)?.length, 1, 'the case expects what does not happen');
    await vscode.workspace.fs.writeFile(sample(WRONG), Buffer.from(wrong));
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('tests-failed');
  });
  after(() => leaveTestExplorer(workbench, WRONG));

  const row = (text: string) => workbench.page.locator('.test-explorer .monaco-list-row', { hasText: text }).first();
  const inState = (text: string, state: string) => testInState(workbench, text, state);

  it('shows playbooks with their cases and runs them, what was expected against what came', async () => {
    await vscode.commands.executeCommand('workbench.view.testing.focus');
    await row('phishing-triage').click();
    await workbench.page.keyboard.press('ArrowRight');
    // The view may have been shown before: a case that was just written is found a moment later.
    await row('A newsletter taken for an attack').waitFor();
    await workbench.screenshot('tests-found');
    await vscode.commands.executeCommand('testing.runAll');
    await inState('phishing-triage', 'Failed').waitFor({ timeout: 50_000 });
    await inState('identity-takeover', 'Passed').waitFor();
    await inState('A newsletter taken for an attack', 'Failed').waitFor();
    await inState('A look-alike sign-in page', 'Passed').waitFor();
    await workbench.screenshot('tests-run');
  });

  it('shows a failed expectation at its line of the case, as a difference', async () => {
    const message = 'The verdict was to be "malicious" and is "benign".';
    // By itself: among the results of all it may lie out of view.
    await vscode.commands.executeCommand('testing.reRunFailTests');
    await vscode.commands.executeCommand('testing.openOutputPeek');
    await vscode.commands.executeCommand('workbench.panel.testResults.view.focus');
    const told = workbench.page.locator('.test-output-peek-tree').getByRole('treeitem', { name: message });
    // At its edge: where what ran before left the list narrow, the buttons of a row lie over its words.
    await told.click({ position: { x: 4, y: 8 } });
    const results = workbench.page.locator('.test-output-peek-message-container');
    await results.locator('.monaco-diff-editor', { hasText: 'malicious' }).first().waitFor();
    await workbench.screenshot('tests-difference');
    await told.locator('[aria-label="Open Trace"]').dispatchEvent('click');
    await workbench.webview().locator('[data-testid="badge"]').waitFor();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('opens the trace of a test', async () => {
    await vscode.commands.executeCommand('workbench.view.testing.focus');
    const test = row('A newsletter taken for an attack');
    await test.hover();
    await workbench.screenshot('tests-hover');
    await test.getByRole('button', { name: /Open Trace/ }).click();
    await workbench.webview().locator('[data-testid="badge"]').waitFor();
    await workbench.screenshot('tests-trace');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('marks the steps that ran and those that did not', async () => {
    const editor = await openSample('phishing-triage.playbook.yaml');
    await vscode.commands.executeCommand('testing.coverageCurrentFile');
    const coverage = workbench.page.locator('.test-coverage-list-item', { hasText: 'phishing-triage' }).first();
    await coverage.waitFor({ timeout: 50_000 });
    const shown = await vscode.window.showTextDocument(editor.document);
    await vscode.commands.executeCommand('workbench.action.closePanel');
    const at = editor.document.getText().indexOf('- id: ');
    const first = editor.document.positionAt(at);
    shown.revealRange(new vscode.Range(first, first), vscode.TextEditorRevealType.AtTop);
    await vscode.commands.executeCommand('testing.toggleInlineCoverage');
    await workbench.page.locator('.coverage-deco-gutter.coverage-deco-hit').first().waitFor();
    await workbench.screenshot('tests-coverage');
  });

  it('runs the cases of a playbook again when it is saved', async () => {
    await vscode.commands.executeCommand('workbench.view.testing.focus');
    const traces = async () => {
      const names = (await vscode.workspace.fs.readDirectory(sample('traces'))).map(([name]) => name);
      return names.filter((name) => /^test-quiet-beacon-.*\.trace\.jsonl$/.test(name));
    };
    const [trace] = await traces();
    assert.ok(trace, 'the first test ran all of them');
    const runOf = async () =>
      Buffer.from(await vscode.workspace.fs.readFile(sample(`traces/${trace}`)))
        .toString('utf8')
        .match(/"run":"([^"]+)"/)?.[1];
    const before = await runOf();
    await row('quiet-beacon').hover();
    await row('quiet-beacon').locator('[aria-label*="Continuous Run"]').click();
    await workbench.screenshot('tests-continuous');
    const editor = await openSample('quiet-beacon.playbook.yaml');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# Saved.\n'));
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(sample('traces'), 'test-quiet-beacon-*.trace.jsonl'),
    );
    const written = new Promise<void>((resolve) => {
      watcher.onDidCreate(() => resolve());
    });
    await editor.document.save();
    await written;
    watcher.dispose();
    assert.notEqual(await runOf(), before);
    await vscode.commands.executeCommand('testing.stopContinuousRun');
  });

  /** Runs a test with the profile a person picks from the menu of its row. */
  async function runWith(test: string, profile: string): Promise<void> {
    await vscode.commands.executeCommand('workbench.view.testing.focus');
    await row(test).click({ button: 'right' });
    // By keys: a menu takes no click right after it opened.
    const chosen = workbench.page.locator('.context-view .action-item.focused', { hasText: 'Execute Using Profile' });
    await workbench.page.locator('.context-view .action-item').first().waitFor();
    await until(async () => {
      await workbench.page.keyboard.press('ArrowDown');
      return (await chosen.count()) > 0;
    }, 'the menu of a test has no other profiles');
    await workbench.page.keyboard.press('Enter');
    await workbench.pick(profile);
  }

  it('puts an adversary in the place of the model, with the profile for that', async () => {
    await vscode.commands.executeCommand('testing.clearTestResults');
    await runWith('contain-host', 'Red-team');
    await inState('contain-host', 'Passed').waitFor({ timeout: 55_000 });
  });

  it('asks before anything could leave the machine, and runs nothing when that is not answered', async () => {
    await vscode.commands.executeCommand('testing.clearTestResults');
    await runWith('quiet-beacon', 'Dry-run with Claude');
    const question = workbench.quickInput().getByText(/Who answers the agent steps in/);
    await question.waitFor();
    await workbench.screenshot('tests-claude');
    await workbench.page.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden' });
    // The stand-in may be taken there instead; a key is asked for only where Claude was chosen.
    await runWith('quiet-beacon', 'Dry-run with Claude');
    await workbench.pick('Claude (sends alert and evidence to Anthropic)');
    await workbench.quickInput().locator('input[type="password"]').waitFor();
    await workbench.page.keyboard.press('Escape');
    assert.equal(await inState('quiet-beacon', 'Passed').count(), 0, 'nothing has run');
    await runWith('quiet-beacon', 'Dry-run with Claude');
    await workbench.pick('Rehearsal (stays on this machine)');
    await inState('quiet-beacon', 'Passed').waitFor({ timeout: 50_000 });
  });

  it('ends a run that is cancelled, and what has not begun is not run', async () => {
    await vscode.commands.executeCommand('testing.clearTestResults');
    await runWith('phishing-triage', 'Red-team');
    await row('phishing-triage').click();
    await workbench.page.keyboard.press('ArrowRight');
    const running = workbench.page.locator('.test-explorer .monaco-list-row[aria-label*="(Running"]');
    await running.first().waitFor();
    await vscode.commands.executeCommand('testing.cancelRun');
    await running.first().waitFor({ state: 'detached' });
    await workbench.screenshot('tests-cancelled');
    assert.equal(await inState('phishing-triage', 'Passed').count(), 0);
    assert.equal(await inState('phishing-triage', 'Failed').count(), 0);
  });

  it('keeps one trace of each test, and none of the runs before', async () => {
    const names = () => readdirSync(sample('traces').fsPath);
    const traces = names().filter((name) => /^test-newsletter-wrong-.*\.trace\.jsonl$/.test(name));
    assert.equal(traces.length, 1, `of ${names().join(', ')}`);
    // The run before may still be closing its trace.
    await eventually(
      () => (names().some((name) => name.endsWith('.lock')) ? undefined : true),
      () => `a trace is still held: ${names().join(', ')}`,
    );
  });
});
