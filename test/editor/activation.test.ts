import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, openSample, openWorkbench, type Workbench } from './support/workbench.js';

describe('Opening a playbook', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
  });
  after(() => workbench.close());

  it('activates the extension and shows the playbook', async () => {
    const extension = vscode.extensions.getExtension('countersign.countersign');
    assert.ok(extension, 'VS Code did not load the extension');
    const editor = await openSample('phishing-triage.playbook.yaml');
    assert.equal(editor.document.languageId, 'yaml');
    await eventually(
      () => extension.isActive || undefined,
      () => 'the playbook is open and the extension is not active',
    );
    await workbench.page.locator('.tab.active', { hasText: 'phishing-triage.playbook.yaml' }).waitFor();
    await workbench.screenshot('playbook-open');
  });
});
