import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import * as vscode from 'vscode';
import { openSample, openWorkbench, replaceInEditor, revert, sample, type Workbench } from './support/workbench.js';

const RUN = { playbook: 'identity-takeover.playbook.yaml', case: 'cases/password-spray.case.yaml' };

describe('The tools for a language model', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
    await openSample('phishing-triage.playbook.yaml');
    await vscode.extensions.getExtension('countersign.countersign')?.activate();
  });

  after(async () => {
    // Other tests start from the traces they make.
    await vscode.workspace.fs.delete(sample('traces'), { recursive: true });
    await workbench.close();
  });

  const invoke = async (name: string, input: object): Promise<string> => {
    const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
    const [part] = result.content;
    assert.ok(part instanceof vscode.LanguageModelTextPart);
    return part.value;
  };
  const traces = (): readonly string[] => {
    try {
      return readdirSync(sample('traces').fsPath).filter((name) => name.endsWith('.trace.jsonl'));
    } catch {
      return [];
    }
  };

  it('are offered, with what they take', () => {
    const ours = vscode.lm.tools.filter(({ name }) => name.startsWith('countersign_'));
    assert.deepEqual(ours.map(({ name }) => name).sort(), [
      'countersign_boundary',
      'countersign_dry_run',
      'countersign_explain',
      'countersign_validate',
    ]);
    assert.ok(ours.every(({ inputSchema, description }) => inputSchema !== undefined && description.length > 100));
  });

  it('check what is on screen, before it is saved, and refuse what is not of the workspace', async () => {
    const editor = await openSample('phishing-triage.playbook.yaml');
    const file = 'phishing-triage.playbook.yaml';
    assert.equal(JSON.parse(await invoke('countersign_validate', { file })).errors, 0);
    await replaceInEditor(editor, 'operating-model:', 'operating-modell:');
    assert.match(await invoke('countersign_validate', { file }), /"rule":"unknown-key"/);
    await revert(editor);
    await assert.rejects(invoke('countersign_validate', { file: '/etc/x.policy.yaml' }), /outside of the workspace/);
    await assert.rejects(invoke('countersign_boundary', { file, more: 1 }), /does not fit/);
  });

  it('dry-run with a trace beside the others, and ask nobody for what waits for approval', async () => {
    // A workbench under test answers yes to the confirmation; `client/chat/messages.test.ts` has what it says.
    const others = new Set(traces());
    const { outcome, acts, trace } = JSON.parse(await invoke('countersign_dry_run', RUN));
    assert.equal(outcome, 'completed');
    assert.deepEqual(
      traces()
        .filter((name) => !others.has(name))
        .map((name) => `traces/${name}`),
      [trace],
    );
    const unscripted = JSON.parse(await invoke('countersign_dry_run', { ...RUN, approvals: 'deny' }));
    const approved = (all: readonly { readonly approvedBy: readonly string[] }[]): number =>
      all.filter(({ approvedBy }) => approvedBy.length > 0).length;
    assert.ok(approved(acts) > 0, 'the script of the case approves something');
    assert.equal(approved(unscripted.acts), 0);
    assert.equal(await workbench.notification('Approval needed').count(), 0);
  });
});
