import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { setUpLiveServer } from '../support/live-server.js';
import {
  diagnosticsOf,
  openSample,
  openWorkbench,
  replaceInEditor,
  revert,
  sample,
  until,
  type Workbench,
} from '../support/workbench.js';

const NAME = 'phishing-triage.playbook.yaml';

describe('A folder nobody trusts', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await workbench.close();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('restricted-failed');
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  /** What the person is told, in the list of notifications: a window that is not trusted may show it there only. */
  async function told(text: string): Promise<void> {
    const shown = workbench.notification(text).first();
    await until(async () => {
      await vscode.commands.executeCommand('notifications.showList');
      return shown.isVisible();
    }, `nobody is told "${text}"`);
  }

  const traces = async (): Promise<readonly string[]> => {
    const found = await vscode.workspace.findFiles('**/*.trace.jsonl');
    return found.map((uri) => uri.path);
  };

  it('is not trusted', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    await workbench.screenshot('restricted-window');
  });

  it('has its playbooks checked and completed all the same', async () => {
    const editor = await openSample(NAME);
    try {
      await replaceInEditor(editor, 'grants: [quarantine, warn]', 'grants: [quarantin, warn]');
      await diagnosticsOf(editor.document.uri, (found) => found.some(({ message }) => message.includes('"quarantin"')));
      const at = editor.document.positionAt(editor.document.getText().indexOf('quarantin,') + 'quarantin'.length);
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        editor.document.uri,
        at,
      );
      assert.ok(items.some(({ label }) => (typeof label === 'string' ? label : label.label) === 'quarantine'));
    } finally {
      await revert(editor);
    }
  });

  it('is not run: a dry run says why, and leaves nothing behind', async () => {
    const before = await traces();
    const running = vscode.commands.executeCommand('countersign.dryRun', sample(NAME));
    await told('Dry runs are off in Restricted Mode');
    await workbench.screenshot('restricted-dry-run');
    await vscode.commands.executeCommand('notifications.clearAll');
    await running;
    assert.deepEqual(await traces(), before);
  });

  it('has playbooks of other products read, and none imported', async () => {
    const file = sample('theirs/block.yml');
    const text =
      'name: Block\nstarttaskid: "0"\ntasks:\n  "0":\n    type: regular\n    task: { name: Block it, script: "|||block-ip" }\n';
    await vscode.workspace.fs.writeFile(file, Buffer.from(text));
    try {
      await openSample('theirs/block.yml');
      await diagnosticsOf(file, (found) => found.some(({ source }) => source === 'countersign'));
      await vscode.commands.executeCommand('countersign.importForeign', file, sample('theirs/out'));
      await told('Playbooks are not imported in Restricted Mode');
      assert.deepEqual(
        (await vscode.workspace.fs.readDirectory(sample('theirs'))).map(([name]) => name),
        ['block.yml'],
      );
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      await vscode.workspace.fs.delete(sample('theirs'), { recursive: true });
    }
  });

  it('starts no server that a playbook is bound to, also when the person has named that server', async () => {
    const server = await setUpLiveServer();
    try {
      const running = vscode.commands.executeCommand('countersign.dryRun', sample('live.playbook.yaml'));
      await told('Dry runs are off in Restricted Mode');
      await vscode.commands.executeCommand('notifications.clearAll');
      await running;
      assert.equal(server.started(), false);
    } finally {
      await server.remove();
    }
  });

  it('has no say in which servers there are, which model is asked and where traces go', async () => {
    const settings = {
      'editor.tabSize': 3,
      'countersign.liveServers': '/of/a/stranger.yaml',
      'countersign.user': 'a-stranger@example.test',
      'countersign.dryRun.model': 'claude',
      'countersign.traces.folder': '/of/a/stranger',
    };
    const effective = (name: string): unknown => vscode.workspace.getConfiguration().get(name);
    const before = Object.keys(settings).map(effective);
    await vscode.workspace.fs.writeFile(sample('.vscode/settings.json'), Buffer.from(JSON.stringify(settings)));
    try {
      await until(async () => effective('editor.tabSize') === 3, 'the settings of the folder are not read');
      assert.deepEqual(Object.keys(settings).map(effective).slice(1), before.slice(1));
    } finally {
      await vscode.workspace.fs.delete(sample('.vscode'), { recursive: true });
    }
  });

  it('offers in its views what can be done there', async () => {
    await vscode.commands.executeCommand('workbench.view.extension.countersign');
    await workbench.page.locator('.sidebar').getByText('Dry runs need a workspace that you trust.').first().waitFor();
    await workbench.screenshot('restricted-views');
  });
});
