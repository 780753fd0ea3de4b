import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';
import * as vscode from 'vscode';
import { languageServer } from './support/server.js';
import {
  diagnosticsOf,
  eventually,
  openSample,
  openWorkbench,
  replaceInEditor,
  revert,
  sample,
  type Workbench,
} from './support/workbench.js';

/** A playbook as its product exports it: two questions, one of whose answers nothing reads, and a playbook it calls. */
const OUTER = `id: contain-host
name: Contain a host
starttaskid: "0"
tasks:
  "0":
    type: start
    nexttasks: { "#none#": ["1"] }
  "1":
    type: regular
    task: { name: Look at the host, script: "|||get-endpoint" }
    nexttasks: { "#none#": ["2"] }
  "2":
    type: condition
    task: { name: Is the host important? }
    message: { to: { simple: soc-lead }, subject: { simple: Is the host important? } }
    nexttasks: { "Yes": ["3"], "No": ["4"] }
  "3":
    type: condition
    task: { name: Isolate it? }
    nexttasks: { "Isolate": ["4"], "Leave it": ["6"], "#default#": ["6"] }
  "4":
    type: regular
    task: { name: Isolate the host, script: "|||core-isolate-endpoint" }
    scriptarguments: { endpoint_id: { simple: "\${incident.endpoint}" } }
    nexttasks: { "#none#": ["5"], "#error#": ["6"] }
  "5":
    type: playbook
    task: { name: Clean up, playbookName: Clean up a host }
    nexttasks: { "#none#": ["6"] }
  "6":
    type: title
    task: { name: Done }
`;
const INNER = `id: clean-up
name: Clean up a host
starttaskid: "0"
tasks:
  "0":
    type: start
    nexttasks: { "#none#": ["1"] }
  "1":
    type: regular
    task: { name: Delete the file, script: "|||core-delete-file" }
`;
const CACAO = {
  type: 'playbook',
  spec_version: 'cacao-2.0',
  id: 'playbook--4f6a2d3b-8a52-4e0b-9a43-0a3f1f5ea001',
  name: 'Block an address',
  workflow_start: 'start--0b6a2d3b-8a52-4e0b-9a43-0a3f1f5ea001',
  workflow: {
    'start--0b6a2d3b-8a52-4e0b-9a43-0a3f1f5ea001': {
      type: 'start',
      on_completion: 'action--0b6a2d3b-8a52-4e0b-9a43-0a3f1f5ea002',
    },
    'action--0b6a2d3b-8a52-4e0b-9a43-0a3f1f5ea002': {
      type: 'action',
      name: 'Block the address',
      commands: [{ type: 'http-api', command: 'POST /v1/firewall/block HTTP/1.1' }],
      on_completion: 'end--0b6a2d3b-8a52-4e0b-9a43-0a3f1f5ea003',
    },
    'end--0b6a2d3b-8a52-4e0b-9a43-0a3f1f5ea003': { type: 'end' },
  },
};

describe('A playbook of another product in the editor', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const [name, text] of Object.entries({
      'exports/contain-host.yml': OUTER,
      'exports/clean-up.yml': INNER,
      'exports/block.json': JSON.stringify(CACAO, null, 2),
      'exports/words.yml': 'starttaskid: none\ntasks: none\n',
      'exports/package.json': '{ "name": "none", "type": "module", "tasks": ["none"] }\n',
    }))
      await vscode.workspace.fs.writeFile(sample(name), Buffer.from(text));
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await vscode.commands.executeCommand('notifications.showList');
      await workbench.screenshot('foreign-failed');
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(async () => {
    await vscode.workspace.fs.delete(sample('exports'), { recursive: true });
    await workbench.page.setViewportSize({ width: 1440, height: 900 });
    await vscode.workspace.getConfiguration('workbench').update('colorTheme', undefined, true);
    await vscode.commands.executeCommand('workbench.view.explorer');
    await workbench.close();
  });

  const frame = (): FrameLocator => workbench.webview();
  const card = (key: string): Locator => frame().locator(`[role=treeitem][data-key="${key}"]`);
  const view = (): Locator =>
    workbench.page.locator('.sidebar .pane', {
      has: workbench.page.locator('.pane-header[aria-label^="Authorization Boundary"]'),
    });
  const row = (text: string | RegExp): Locator => view().locator('.monaco-list-row', { hasText: text }).first();
  const selectedLine = (words: string): Promise<string> =>
    eventually(
      () => {
        const shown = vscode.window.activeTextEditor;
        const line = shown?.document.lineAt(shown.selection.start.line).text;
        return line?.includes(words) ? line : undefined;
      },
      () => `the line with "${words}" is gone to`,
    );
  const codes = (found: readonly vscode.Diagnostic[]): unknown[] =>
    found
      .filter(({ source }) => source === 'countersign')
      .map(({ code }) => (typeof code === 'object' ? code.value : code));

  it('shows its boundary, each act leading to its line, and warns there', async () => {
    const editor = await openSample('exports/contain-host.yml');
    await diagnosticsOf(editor.document.uri, (found) => codes(found).includes('ungated-act'));
    await vscode.commands.executeCommand('countersign.boundary.focus');
    await row('core-isolate-endpoint').waitFor();
    await row('core-delete-file').waitFor();
    await row('core-isolate-endpoint').click();
    await selectedLine('Isolate the host');
    await workbench.screenshot('foreign-boundary');
    await row('core-delete-file').click();
    await selectedLine('Delete the file');
  });

  it('is of the text as it is typed, and stays while that is broken', async () => {
    const editor = await openSample('exports/contain-host.yml');
    await vscode.commands.executeCommand('countersign.boundary.focus');
    await row('core-isolate-endpoint').waitFor();
    await replaceInEditor(editor, '|||core-isolate-endpoint', '|||core-quarantine-files');
    await row('core-quarantine-files').waitFor();
    await replaceInEditor(editor, 'starttaskid: "0"', 'starttaskid: "0');
    await view().getByText('this is what it said before').waitFor();
    await row('core-quarantine-files').waitFor();
    await revert(editor);
    await row('core-isolate-endpoint').waitFor();
  });

  it('is warned about, and its boundary told, by the server that follows one that died', async function () {
    // Processes are listed by a program that Windows does not have.
    if (process.platform === 'win32') this.skip();
    const editor = await openSample('exports/contain-host.yml');
    const { uri } = editor.document;
    await diagnosticsOf(uri, (found) => codes(found).includes('ungated-act'));
    await vscode.commands.executeCommand('countersign.boundary.focus');
    await row('core-isolate-endpoint').waitFor();
    const dead = languageServer();
    assert.ok(dead !== undefined, 'the language server runs');
    process.kill(dead, 'SIGKILL');
    await diagnosticsOf(uri, (found) => codes(found).length === 0);
    await diagnosticsOf(uri, (found) => codes(found).includes('ungated-act'));
    const alive = languageServer();
    assert.ok(alive !== undefined && alive !== dead, 'another language server runs');
    // What the view shows from now on is of the new one.
    await row('core-isolate-endpoint').waitFor();
    await replaceInEditor(editor, '|||core-isolate-endpoint', '|||core-quarantine-files');
    await row('core-quarantine-files').waitFor();
    await row('core-isolate-endpoint').waitFor({ state: 'detached' });
    await workbench.screenshot('foreign-server-died');
    await revert(editor);
    await row('core-isolate-endpoint').waitFor();
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('shows its graph, which leads to the lines and follows the cursor', async () => {
    const editor = await openSample('exports/contain-host.yml');
    await workbench.page.locator('.editor-actions a.action-label[aria-label^="Show Playbook Graph"]').first().click();
    await card('4 Isolate the host').waitFor();
    await card('5 Clean up/1 Delete the file').waitFor();
    await frame().getByTestId('product').getByText('Cortex XSOAR').waitFor();
    await workbench.screenshot('foreign-graph');
    await card('4 Isolate the host').click();
    await frame().getByTestId('path').waitFor();
    await eventually(
      () => (editor.document.lineAt(editor.selection.active.line).text.includes('Isolate the host') ? true : undefined),
      () => 'the cursor went to the act',
    );
    await workbench.screenshot('foreign-graph-act');
    const at = editor.document.positionAt(editor.document.getText().indexOf('Isolate it?'));
    editor.selection = new vscode.Selection(at, at);
    await frame().locator('[data-key="3 Isolate it?"][aria-current="location"]').waitFor();
  });

  it('is JSON as well, and a file that is none is nothing to anybody', async () => {
    const { document } = await openSample('exports/block.json');
    // So that the next file does not take its place.
    await vscode.commands.executeCommand('workbench.action.keepEditor');
    await diagnosticsOf(document.uri, (found) => codes(found).includes('ungated-act'));
    await vscode.commands.executeCommand('countersign.boundary.focus');
    await row('POST /v1/firewall/block').waitFor();
    await vscode.commands.executeCommand('countersign.showGraph');
    await frame().locator('[role=treeitem]', { hasText: 'Block the address' }).first().waitFor();
    const other = await openSample('exports/package.json');
    assert.deepEqual(codes(vscode.languages.getDiagnostics(other.document.uri)), []);
    // One that has the words of one, and is none.
    await openSample('exports/words.yml');
    await workbench.page.locator('.tab', { hasText: 'Graph: block.json' }).waitFor();
    await row('POST /v1/firewall/block').waitFor();
    assert.equal(
      await workbench.page.locator('.editor-actions a.action-label[aria-label^="Show Playbook Graph"]').count(),
      0,
    );
  });

  it('becomes a playbook of ours, beside it and without replacing anything', async () => {
    await openSample('exports/contain-host.yml');
    vscode.commands.executeCommand('countersign.importForeign');
    await workbench.quickInput().locator('.monaco-list-row', { hasText: 'A folder of its own' }).waitFor();
    await workbench.screenshot('foreign-import');
    await workbench.pick('A folder of its own');
    await workbench.page.locator('.tab.active', { hasText: 'contain-a-host.playbook.yaml' }).waitFor();
    await diagnosticsOf(sample('exports/contain-host/contain-a-host.playbook.yaml'), (found) =>
      codes(found).includes('undecided-step'),
    );
    await vscode.commands.executeCommand('notifications.showList');
    await workbench.notification('contain-host.yml is imported').waitFor();
    await workbench.screenshot('foreign-imported');
    const text = async (): Promise<string> =>
      Buffer.from(
        await vscode.workspace.fs.readFile(sample('exports/contain-host/contain-a-host.playbook.yaml')),
      ).toString();
    const written = await text();
    assert.match(written, /^playbook: contain-a-host$/m);
    await vscode.commands.executeCommand('notifications.clearAll');
    await vscode.workspace.fs.writeFile(
      sample('exports/contain-host/contain-a-host.playbook.yaml'),
      Buffer.from(`${written}# mine\n`),
    );
    await vscode.commands.executeCommand(
      'countersign.importForeign',
      sample('exports/contain-host.yml'),
      sample('exports/contain-host'),
    );
    await vscode.commands.executeCommand('notifications.showList');
    await workbench.notification('contain-host.yml is not imported').waitFor();
    assert.match(await text(), /# mine\n$/);
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('is left alone when a person says so, and read again', async () => {
    const { document } = await openSample('exports/block.json');
    await diagnosticsOf(document.uri, (found) => codes(found).length > 0);
    await vscode.commands.executeCommand('countersign.leaveForeign');
    await diagnosticsOf(document.uri, (found) => codes(found).length === 0);
    await vscode.commands.executeCommand('countersign.readForeign');
    await diagnosticsOf(document.uri, (found) => codes(found).length > 0);
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  for (const [name, theme] of [
    ['light', 'Default Light Modern'],
    ['dark', 'Default Dark Modern'],
  ] as const) {
    it(`can be read: ${name}`, async () => {
      await vscode.workspace.getConfiguration('workbench').update('colorTheme', theme, true);
      await workbench.page.setViewportSize({ width: 1600, height: 1000 });
      await openSample('exports/contain-host.yml');
      await vscode.commands.executeCommand('countersign.boundary.focus');
      await row('core-isolate-endpoint').waitFor();
      await vscode.commands.executeCommand('countersign.showGraph');
      await card('4 Isolate the host').click();
      await frame().getByTestId('facts').waitFor();
      await workbench.screenshot(`foreign-${name}`);
    });
  }
});
