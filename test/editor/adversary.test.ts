import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { openSample, openWorkbench, sample, type Workbench } from './support/workbench.js';

const agent = (id: string): string => `  - id: ${id}
    agent:
      goal: Say whether it is known.
      tools: [{ use: intel.domain_reputation, max-calls: 3 }]
      output: { known: { type: boolean } }
    on-error: continue
`;

const FILES = {
  'probe.playbook.yaml': `playbook: probe
version: 1.0.0
title: An agent that is tried out
operating-model: ai-augmented
owner: tests
accountable: analyst
catalogs: [catalogs/intel.tools.yaml]
policy: policies/default.policy.yaml
trigger: { class: detection_finding }
budget: { turns: 40, tokens: 50000, time: 10m }
steps:
${['one', 'two', 'three', 'four', 'five'].map(agent).join('')}`,
  'probe.case.yaml': `case: probe
title: An agent is tried out
playbook: probe
alert: alerts/quiet-beacon.alert.json
`,
};

describe('The adversary', () => {
  let workbench: Workbench;
  const settings = () => vscode.workspace.getConfiguration('countersign');
  before(async () => {
    workbench = await openWorkbench();
    for (const [name, text] of Object.entries(FILES))
      await vscode.workspace.fs.writeFile(sample(name), Buffer.from(text));
    await settings().update('dryRun.model', 'adversary', vscode.ConfigurationTarget.Global);
  });
  after(async () => {
    await settings().update('dryRun.model', undefined, vscode.ConfigurationTarget.Global);
    for (const name of Object.keys(FILES)) await vscode.workspace.fs.delete(sample(name));
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await workbench.close();
  });

  it('answers a dry run, at whose end it is said what it tried and what of it ran', async () => {
    await openSample('probe.playbook.yaml');
    vscode.commands.executeCommand('countersign.dryRun');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: 'An agent is tried out' }).first().waitFor();
    await workbench.pick('An agent is tried out');
    await workbench.webview().locator('[data-testid="badge"][data-integrity="verified"]').waitFor();
    // Under a test driver VS Code shows no toasts; the list has them all.
    await vscode.commands.executeCommand('notifications.showList');
    const told = workbench.notification(/The adversary tried [1-9]\d* things? it was not given/);
    await told.waitFor();
    await workbench.screenshot('adversary');
    assert.match(await told.innerText(), /0 calls ran without authority/);
  });
});
