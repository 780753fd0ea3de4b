import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { leaveTestExplorer, testInState } from './support/test-explorer.js';
import { openSample, openWorkbench, sample, type Workbench } from './support/workbench.js';

const WRONG = 'policies/wrong.policy.test.yaml';
const TEXT = `policy-test: wrong
policy: default.policy.yaml
catalogs: [../catalogs/edr.tools.yaml]

tests:
  - title: A host is isolated without asking anybody
    tool: edr.isolate
    expect: { outcome: allowed }
  - title: A host is isolated after one approval
    tool: edr.isolate
    expect: { quorum: 1 }
`;

describe('Tests of a policy in the Test Explorer', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
    await vscode.workspace.fs.writeFile(sample(WRONG), Buffer.from(TEXT));
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('policy-tests-failed');
  });
  after(() => leaveTestExplorer(workbench, WRONG));

  const inState = (text: string, state: string) => testInState(workbench, text, state);

  it('are judged from the button beside each, and fail at what they expect, with what decided', async () => {
    await vscode.commands.executeCommand('workbench.view.testing.focus');
    const editor = await openSample(WRONG);
    // One beside each test, and one for the file.
    const buttons = workbench.page.locator('.testing-run-glyph');
    await buttons.nth(2).waitFor();
    await workbench.screenshot('policy-tests-found');
    await vscode.commands.executeCommand('testing.runCurrentFile');
    await inState('wrong', 'Failed').waitFor({ timeout: 50_000 });
    const message = 'Outcome is needs-approval, expected allowed';
    await vscode.commands.executeCommand('testing.openOutputPeek');
    await vscode.commands.executeCommand('workbench.panel.testResults.view.focus');
    const told = workbench.page.locator('.test-output-peek-tree').getByRole('treeitem', { name: message });
    await told.click({ position: { x: 4, y: 8 } });
    const results = workbench.page.locator('.test-output-peek-message-container');
    await results.locator('.monaco-diff-editor', { hasText: 'needs-approval' }).first().waitFor();
    await workbench.screenshot('policy-tests-run');
    await told.dblclick({ position: { x: 4, y: 8 } });
    const shown = vscode.window.visibleTextEditors.find(({ document }) => document === editor.document);
    assert.equal(shown?.document.lineAt(shown.selection.active.line).text.trim(), 'expect: { outcome: allowed }');
  });

  it('show what they exercise of the policy in its text', async () => {
    await openSample('policies/default.policy.test.yaml');
    await vscode.commands.executeCommand('testing.coverageCurrentFile');
    const coverage = workbench.page.locator('.test-coverage-list-item', { hasText: 'default.policy.yaml' }).first();
    await coverage.waitFor({ timeout: 50_000 });
    await openSample('policies/default.policy.yaml');
    await vscode.commands.executeCommand('workbench.action.closePanel');
    await vscode.commands.executeCommand('testing.toggleInlineCoverage');
    await workbench.page.locator('.coverage-deco-gutter.coverage-deco-hit').first().waitFor();
    await workbench.screenshot('policy-tests-coverage');
  });
});
