import assert from 'node:assert/strict';
import type { FullDocumentDiagnosticReport } from 'vscode-languageserver/node';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../../language/rules/example.js';
import { GRAPH_REQUEST, type GraphReply } from '../protocol/graph.js';
import { IMPORT_REQUEST, type ImportReply } from '../protocol/import-requests.js';
import { BOUNDARY_REQUEST, type BoundaryReply } from '../protocol/requests.js';
import { CAPABILITIES, Editor } from '../testing.test.js';

const XSOAR = (name: string, ...tasks: readonly string[]): string =>
  `name: ${name}\nstarttaskid: "0"\ntasks:\n  "0":\n    type: start\n    nexttasks: { "#none#": ["1"] }\n${tasks.join('')}`;
const ASK =
  '  "1":\n    type: condition\n    task: { name: "🔐 Isolate?" }\n    nexttasks: { "Yes": ["2"], "No": ["3"] }\n';
const ISOLATE = '  "2":\n    type: regular\n    task: { name: "🔐 Isolate it", script: "|||core-isolate-endpoint" }\n';
const DONE = '  "3":\n    type: title\n    task: { name: Done }\n';
const CALL = '  "1":\n    type: playbook\n    task: { name: Inner, playbookName: The inner one }\n';
const BLOCK = '  "1":\n    type: regular\n    task: { name: Block, script: "|||block-ip" }\n';
const ASKED = XSOAR('Asked', ASK, ISOLATE, DONE);
const CACAO = JSON.stringify(
  {
    type: 'playbook',
    spec_version: 'cacao-2.0',
    name: 'Contain',
    workflow_start: 'start--a',
    workflow: {
      'start--a': { type: 'start', on_completion: 'action--b' },
      'action--b': {
        type: 'action',
        name: 'Isolate the host',
        commands: [{ type: 'http-api', command: 'POST /v1/hosts/isolate HTTP/1.1' }],
        on_completion: 'end--c',
      },
      'end--c': { type: 'end' },
    },
  },
  null,
  2,
);
const NAME = 'isolate.yml';

describe('Playbooks of other products over LSP', () => {
  let editor: Editor;
  beforeEach(() => {
    editor = new Editor({ 'package.json': '{ "tasks": { "one": "two" } }' });
  });
  afterEach(async () => {
    assert.deepEqual(editor.log, []);
    assert.equal(await editor.stop(), 0);
  });

  const boundary = (name: string): Promise<BoundaryReply | null> =>
    editor.request(BOUNDARY_REQUEST, { uri: editor.uri(name) });
  const graph = (name: string): Promise<GraphReply | null> => editor.request(GRAPH_REQUEST, { uri: editor.uri(name) });
  async function cells(name: string) {
    const reply = await boundary(name);
    assert.equal(reply?.kind, 'boundary');
    return reply.cells;
  }

  it('have a boundary of their text as it is typed, each act with its line', async () => {
    await editor.start();
    await editor.openOnly(NAME, ASKED);
    const [act, ...more] = await cells(NAME);
    assert.deepEqual(more, []);
    assert.deepEqual([act?.tool, act?.autonomy, act?.verdict], ['core-isolate-endpoint', 'approve', 'proven']);
    assert.equal(act?.place.uri, editor.uri(NAME));
    assert.equal(editor.words(NAME, act.place.range), '"🔐 Isolate it"');
    await editor.editOnly(NAME, '"No": ["3"]', '"No": ["2"]');
    assert.deepEqual(
      (await cells(NAME)).map(({ autonomy, verdict }) => [autonomy, verdict]),
      [['approve', 'violated']],
    );
    const reply = await boundary(NAME);
    assert.equal(reply?.kind === 'boundary' && reply.product, 'Cortex XSOAR / XSIAM');
  });

  it('have a graph that leads from each step to its line', async () => {
    await editor.start();
    await editor.openOnly('contain.json', CACAO);
    const reply = await graph('contain.json');
    assert.equal(reply?.kind, 'graph');
    const step = reply.graph.steps.find(({ tools }) => tools.length > 0);
    assert.ok(step);
    assert.equal(editor.words('contain.json', step.place.at), '"Isolate the host"');
    assert.equal(step.tools[0]?.act?.verdict, 'violated');
    assert.equal(reply.graph.product, 'CACAO 2.0');
  });

  it('know what they call in their folder, in its unsaved text, and only in their folder', async () => {
    editor.write('inner.yml', XSOAR('The inner one', BLOCK));
    editor.write('elsewhere/outer.yml', XSOAR('Outer', CALL));
    await editor.start();
    await editor.openOnly('outer.yml', XSOAR('Outer', CALL));
    const [act] = await cells('outer.yml');
    assert.deepEqual([act?.step, act?.tool], ['1 Inner/1 Block', 'block-ip']);
    assert.equal(act?.place.uri, editor.uri('inner.yml'));
    const drawn = await graph('outer.yml');
    assert.ok(drawn?.kind === 'graph' && drawn.graph.steps.some(({ key }) => key === '1 Inner/1 Block'));
    await editor.openOnly('inner.yml', XSOAR('The inner one', BLOCK.replace('block-ip', 'get-ip')));
    assert.deepEqual(await cells('outer.yml'), []);
    assert.deepEqual(
      (await cells('elsewhere/outer.yml')).map(({ tool, verdict }) => [tool, verdict]),
      [['*', 'unknown']],
    );
  });

  it('keep what they said while their text is broken, and say what can be read of one that always was', async () => {
    await editor.start();
    await editor.openOnly('contain.json', CACAO);
    assert.equal((await boundary('contain.json'))?.kind, 'boundary');
    await editor.editOnly('contain.json', '"workflow_start": "start--a",', '"workflow_start": ');
    assert.equal((await boundary('contain.json'))?.kind, 'broken');
    assert.equal((await graph('contain.json'))?.kind, 'broken');
    await editor.editOnly('contain.json', '"workflow_start": ', '"workflow_start": "start--a",');
    assert.equal((await cells('contain.json')).length, 1);
    await editor.openOnly('torn.yml', `${ASKED}more: "never closed\n`);
    const torn = await boundary('torn.yml');
    assert.deepEqual(torn?.kind === 'broken' && torn.readable?.cells.map(({ verdict }) => verdict), ['unknown']);
  });

  it('are warned of as check does, by the configuration and the catalogs of their folder', async () => {
    await editor.start();
    const { diagnostics } = await editor.open(NAME, ASKED.replace('"No": ["3"]', '"No": ["2"]'));
    assert.deepEqual(
      diagnostics.map(({ code, severity, range }) => [code, severity, editor.words(NAME, range)]),
      [['ungated-act', 2, '"🔐 Isolate it"']],
    );
    const silent = editor.next(({ uri }) => uri === editor.uri(NAME));
    editor.write('ours.effects.yaml', 'effects:\n  read: [core-isolate-endpoint]\n');
    await editor.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: editor.uri('ours.effects.yaml'), type: 1 }],
    });
    assert.deepEqual((await silent).diagnostics, []);
    editor.write('ours.effects.yaml', 'effects: {}\n');
    const accepted = editor.next(({ uri, diagnostics: found }) => uri === editor.uri(NAME) && found.length === 0);
    const config = 'suppressions:\n  - rule: ungated-act\n    file: isolate.yml\n    reason: adapted before it runs\n';
    editor.write('countersign.config.yaml', config);
    await editor.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: editor.uri('countersign.config.yaml'), type: 1 }],
    });
    await accepted;
  });

  it('are checked again when one that they call changes', async () => {
    editor.write('inner.yml', XSOAR('Another one', BLOCK));
    await editor.start();
    const { diagnostics } = await editor.open('outer.yml', XSOAR('Outer', CALL));
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['unknown-tool'],
    );
    const again = editor.next(({ uri }) => uri === editor.uri('outer.yml'));
    await editor.openOnly('inner.yml', XSOAR('The inner one', BLOCK));
    assert.deepEqual((await again).diagnostics, []);
  });

  it('answer a client that asks for diagnostics', async () => {
    const diagnostic = { relatedDocumentSupport: false };
    await editor.start({
      capabilities: { ...CAPABILITIES, textDocument: { ...CAPABILITIES.textDocument, diagnostic } },
    });
    await editor.openOnly('contain.json', CACAO);
    const pull = (name: string): Promise<FullDocumentDiagnosticReport> =>
      editor.request('textDocument/diagnostic', { textDocument: { uri: editor.uri(name) } });
    assert.deepEqual(
      (await pull('contain.json')).items.map(({ code }) => code),
      ['ungated-act'],
    );
    await editor.openOnly('package.json', '{ "tasks": { "one": "two" } }');
    assert.deepEqual((await pull('package.json')).items, []);
  });

  it('of several files are judged where each act stands', async () => {
    const step = (name: string, auto: boolean): string =>
      `identifier: ${name}\nname: ${name}\ntype: 0\naction_name: ActiveDirectory_Disable Account\nintegration: ActiveDirectory\nis_automatic: ${auto}\nparameters: []\n`;
    editor.write('steps/disable.yaml', step('disable', true));
    editor.write('definition.yaml', 'identifier: a\nname: Disable\nis_enable: true\noriginal_workflow_identifier: a\n');
    await editor.start();
    const { diagnostics } = await editor.open('steps/disable.yaml', step('disable', true));
    assert.ok(diagnostics.length > 0);
    const whole = await cells('definition.yaml');
    assert.deepEqual(
      whole.map(({ place }) => place.uri),
      [editor.uri('steps/disable.yaml')],
    );
  });

  it('become playbooks of ours, with those they call, unsaved text included', async () => {
    editor.write('inner.yml', XSOAR('The inner one', BLOCK));
    await editor.start();
    await editor.openOnly('outer.yml', XSOAR('Outer', CALL));
    await editor.editOnly('outer.yml', 'name: Outer', 'name: Another');
    const importTo = (name: string): Promise<ImportReply> =>
      editor.request(IMPORT_REQUEST, { uri: editor.uri(name), folder: editor.uri('out') });
    const reply = await importTo('outer.yml');
    assert.equal(reply.kind, 'files');
    assert.equal(reply.files[0]?.name, 'another.playbook.yaml');
    assert.ok(reply.files.some(({ text }) => /^ +undecided: .*block-ip|action: .*block_ip/m.test(text)));
    assert.equal(reply.undecided, 1);
    assert.equal((await importTo('package.json')).kind, 'none');
    editor.write('torn.yml', `${ASKED}more: "never closed\n`);
    assert.equal((await importTo('torn.yml')).kind, 'none');
  });

  it('are left alone where they are none, and where they are ours', async () => {
    editor.write('ours.playbook.yaml', EXAMPLE_HEAD);
    for (const [name, text] of Object.entries(EXAMPLE_FILES)) editor.write(name, text);
    await editor.start();
    for (const name of ['package.json', 'gone.json', 'example.policy.yaml']) {
      assert.equal(await boundary(name), null, name);
      assert.equal(await graph(name), null, name);
    }
    await editor.openOnly('package.json', '{ "tasks": { "one": "two" } }');
    assert.equal(await boundary('package.json'), null);
  });
});
