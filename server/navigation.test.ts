import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  ClientCapabilities,
  DocumentHighlight,
  DocumentSymbol,
  FoldingRange,
  LinkedEditingRanges,
  Location,
  SelectionRange,
  SymbolInformation,
  WorkspaceEdit,
  WorkspaceSymbol,
} from 'vscode-languageserver/node';
import { CAPABILITIES, Editor } from './testing.test.js';

const CATALOG = `catalog: identity
tools:
  identity.suspend:
    description: Disables sign-in for an account.
    effect: contain
    input: { user: { type: string } }
    output: { state: { type: string } }
`;
const POLICY = `policy: default
roles:
  analyst: [ana@soc.example]
always-gate: [identity.suspend]
`;
const MAIN = `playbook: main
version: 1.0.0
title: Main 🔐
operating-model: tool-assisted
owner: detection
catalogs: [identity.tools.yaml]
policy: default.policy.yaml
trigger: { class: detection_finding }
steps:
  - id: ask
    gate:
      ask: "🔐 \${{ steps.contain.outcome }}?"
      grants: [suspend]
      approvers: { roles: [analyst] }
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
  - id: contain
    call: lib/contain.playbook.yaml
    with: { host: a }
`;
const CALLEE = `playbook: contain
version: 1.0.0
title: Contain
operating-model: tool-assisted
owner: detection
inputs: { host: { type: string } }
steps:
  - id: note
    manual: { task: "\${{ inputs.host }}", role: analyst, output: { ticket: { type: string } } }
  - id: end
    if: steps.note.output.ticket != ''
    then:
      - id: stop
        stop: { outcome: completed }
`;
const CASE = `case: one
title: One
playbook: main
alert: one.json
tasks:
  - { step: contain/note, as: ana, output: { ticket: T } }
`;
const FILES = {
  'identity.tools.yaml': CATALOG,
  'default.policy.yaml': POLICY,
  'main.playbook.yaml': MAIN,
  'lib/contain.playbook.yaml': CALLEE,
  'cases/one.case.yaml': CASE,
};
const NAME = 'main.playbook.yaml';
const FULL: ClientCapabilities = {
  ...CAPABILITIES,
  workspace: { ...CAPABILITIES.workspace, workspaceEdit: { documentChanges: true } },
  textDocument: {
    ...CAPABILITIES.textDocument,
    rename: { prepareSupport: true },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    foldingRange: { rangeLimit: 2, lineFoldingOnly: true },
  },
};

describe('navigation over LSP', () => {
  let editor: Editor;

  beforeEach(() => {
    editor = new Editor(FILES);
  });

  afterEach(async () => {
    assert.deepEqual(
      editor.log.filter((line) => line.includes('failed')),
      [],
    );
    assert.equal(await editor.stop(), 0);
  });

  const ask = <R>(method: string, name: string, marked: string, more: object = {}): Promise<R> =>
    editor.request(method, { textDocument: { uri: editor.uri(name) }, position: editor.at(name, marked), ...more });

  it('renames in files that are open and in those that are not, with the versions it saw', async () => {
    const { capabilities } = await editor.start({ capabilities: FULL });
    assert.deepEqual(capabilities.renameProvider, { prepareProvider: true });
    await editor.open(NAME, MAIN);
    await editor.edit(NAME, 'title: Main', 'title: The main');
    const place = await ask<{ placeholder: string }>('textDocument/prepareRename', NAME, 'id: con|tain');
    assert.equal(place.placeholder, 'contain');
    const edit = await ask<WorkspaceEdit>('textDocument/rename', NAME, 'id: con|tain', { newName: 'isolate' });
    assert.equal(edit.changes, undefined);
    assert.deepEqual(edit.documentChanges, [
      {
        textDocument: { uri: editor.uri(NAME), version: 2 },
        edits: [
          { range: { start: { line: 11, character: 25 }, end: { line: 11, character: 32 } }, newText: 'isolate' },
          { range: { start: { line: 17, character: 8 }, end: { line: 17, character: 15 } }, newText: 'isolate' },
        ],
      },
      {
        textDocument: { uri: editor.uri('cases/one.case.yaml'), version: null },
        edits: [{ range: { start: { line: 5, character: 12 }, end: { line: 5, character: 19 } }, newText: 'isolate' }],
      },
    ]);
  });

  it('gives plain changes to a client without versions, and says why something cannot be renamed', async () => {
    const { capabilities } = await editor.start();
    assert.equal(capabilities.renameProvider, true);
    await editor.open(NAME, MAIN);
    const edit = await ask<WorkspaceEdit>('textDocument/rename', NAME, 'action: identity.sus|pend', {
      newName: 'identity.lock',
    });
    assert.deepEqual(
      Object.keys(edit.changes ?? {}).sort(),
      [NAME, 'default.policy.yaml', 'identity.tools.yaml'].map((name) => editor.uri(name)).sort(),
    );
    await assert.rejects(
      ask('textDocument/rename', NAME, 'id: sus|pend', { newName: 'ask' }),
      /"ask" is taken: line 10/,
    );
    await assert.rejects(ask('textDocument/prepareRename', NAME, 'ver|sion: 1'), /Nothing here has a name/);
  });

  it('goes to and finds names in files that are not open', async () => {
    await editor.start();
    await editor.open('cases/one.case.yaml', CASE);
    for (const method of ['definition', 'declaration']) {
      const [step] = await ask<Location[]>(`textDocument/${method}`, 'cases/one.case.yaml', 'contain/no|te');
      assert.deepEqual(step, {
        uri: editor.uri('lib/contain.playbook.yaml'),
        range: { start: { line: 7, character: 8 }, end: { line: 7, character: 12 } },
      });
    }
    await editor.open('lib/contain.playbook.yaml', CALLEE);
    const found = await ask<Location[]>('textDocument/references', 'lib/contain.playbook.yaml', '{ ho|st: { type', {
      context: { includeDeclaration: false },
    });
    assert.deepEqual(
      found.map(({ uri }) => uri),
      [editor.uri('lib/contain.playbook.yaml'), editor.uri(NAME)],
    );
    const [type] = await ask<Location[]>('textDocument/declaration', 'lib/contain.playbook.yaml', 'output.tick|et');
    assert.equal(type && editor.words('lib/contain.playbook.yaml', type.range), 'ticket');
  });

  it('highlights, links and selects', async () => {
    await editor.start();
    await editor.open(NAME, MAIN);
    const marks = await ask<DocumentHighlight[]>('textDocument/documentHighlight', NAME, 'grants: [sus|pend');
    assert.deepEqual(
      marks.map(({ range, kind }) => [editor.words(NAME, range), kind]),
      [
        ['suspend', 2],
        ['suspend', 3],
      ],
    );
    const linked = await ask<LinkedEditingRanges>('textDocument/linkedEditingRange', NAME, 'id: con|tain');
    assert.deepEqual(
      linked.ranges.map((range) => editor.words(NAME, range)),
      ['contain', 'contain'],
    );
    assert.equal(new RegExp(`^${linked.wordPattern}$`).test('contain_host'), true);
    const [first, second] = await editor.request<SelectionRange[]>('textDocument/selectionRange', {
      textDocument: { uri: editor.uri(NAME) },
      positions: [editor.at(NAME, 'steps.con|tain.out'), editor.at(NAME, 'id: con|tain')],
    });
    const words = (one: SelectionRange | undefined): string | undefined => one && editor.words(NAME, one.range);
    assert.equal(words(first), 'contain');
    assert.equal(words(first?.parent), 'steps.contain');
    assert.equal(words(second?.parent), 'id: contain');
  });

  it('folds as much as the client takes', async () => {
    await editor.start({ capabilities: FULL });
    await editor.open(NAME, MAIN);
    const folds = await editor.request<FoldingRange[]>('textDocument/foldingRange', {
      textDocument: { uri: editor.uri(NAME) },
    });
    assert.deepEqual(folds, [
      { startLine: 8, endLine: 19 },
      { startLine: 9, endLine: 13 },
    ]);
  });

  it('finds symbols of the workspace as they are now, on disk and in the editor', async () => {
    await editor.start();
    const find = async (query: string): Promise<string[]> =>
      (await editor.request<WorkspaceSymbol[]>('workspace/symbol', { query })).map(
        ({ name, containerName }) => `${containerName ?? ''}/${name}`,
      );
    assert.deepEqual(await find('susp'), ['main/suspend', 'identity/identity.suspend']);
    assert.ok((await find('')).includes('/one'));
    editor.write('more.playbook.yaml', 'playbook: more\nsteps:\n  - id: suspect\n    stop: { outcome: completed }\n');
    editor.write('identity.tools.yaml', CATALOG.replace('identity.suspend', 'identity.block'));
    await editor.notify('workspace/didChangeWatchedFiles', {
      changes: [
        { uri: editor.uri('more.playbook.yaml'), type: 1 },
        { uri: editor.uri('identity.tools.yaml'), type: 2 },
      ],
    });
    assert.deepEqual(await find('susp'), ['main/suspend', 'more/suspect']);
    await editor.open(NAME, MAIN.replace('id: suspend', 'id: suspend_account'));
    rmSync(path.join(editor.folder, 'more.playbook.yaml'));
    assert.deepEqual(await find('susp'), ['main/suspend_account']);
  });

  it('tells which playbooks call each other', async () => {
    await editor.start();
    await editor.open(NAME, MAIN);
    const [callee] = await ask<CallHierarchyItem[]>('textDocument/prepareCallHierarchy', NAME, 'call: lib/con|tain');
    assert.equal(callee?.name, 'contain');
    const incoming = await editor.request<CallHierarchyIncomingCall[]>('callHierarchy/incomingCalls', { item: callee });
    assert.deepEqual(
      incoming.map(({ from, fromRanges }) => [from.name, fromRanges.map((range) => editor.words(NAME, range))]),
      [['main', ['lib/contain.playbook.yaml']]],
    );
    const outgoing = await editor.request<CallHierarchyOutgoingCall[]>('callHierarchy/outgoingCalls', {
      item: incoming[0]?.from,
    });
    assert.deepEqual(
      outgoing.map(({ to }) => to.name),
      ['contain'],
    );
  });

  it('outlines as a tree or as a list, and keeps the outline while the text is broken', async () => {
    const name = 'lib/contain.playbook.yaml';
    const outline = <R>(): Promise<R> =>
      editor.request('textDocument/documentSymbol', { textDocument: { uri: editor.uri(name) } });
    await editor.start({ capabilities: FULL });
    await editor.open(name, CALLEE);
    assert.equal((await outline<DocumentSymbol[]>())[1]?.children?.[0]?.name, 'stop');
    await editor.edit(name, 'title: Contain', 'title: \0');
    const kept = await outline<DocumentSymbol[]>();
    assert.equal(kept[1]?.children?.[0]?.name, 'stop');
    assert.equal(kept[1] && editor.words(name, kept[1].selectionRange), 'end');
    await editor.notify('textDocument/didClose', { textDocument: { uri: editor.uri(name) } });
    await editor.open(name, editor.text(name));
    assert.ok((await outline<DocumentSymbol[]>()).length < kept.length);
  });

  it('outlines as a list for a client that shows no tree', async () => {
    await editor.start();
    await editor.open(NAME, MAIN);
    const list = await editor.request<SymbolInformation[]>('textDocument/documentSymbol', {
      textDocument: { uri: editor.uri(NAME) },
    });
    assert.deepEqual(
      list.map(({ name, kind, location }) => [name, kind, location.uri]),
      [
        ['ask', 7, editor.uri(NAME)],
        ['suspend', 12, editor.uri(NAME)],
        ['contain', 2, editor.uri(NAME)],
      ],
    );
  });

  it('lives through garbage', async () => {
    await editor.start({ capabilities: FULL });
    for (const [index, text] of ['', '\0\0', '{'.repeat(3000), 'steps: {}\nplaybook: []\n', 'steps:\n  - '].entries()) {
      const name = `garbage${index}.playbook.yaml`;
      await editor.open(name, text);
      const place = { textDocument: { uri: editor.uri(name) }, position: { line: 0, character: 1 } };
      for (const method of [
        'documentHighlight',
        'declaration',
        'linkedEditingRange',
        'foldingRange',
        'prepareCallHierarchy',
      ]) {
        await editor.request(`textDocument/${method}`, place);
      }
      await editor.request('textDocument/selectionRange', { ...place, positions: [place.position] });
      await editor.request('textDocument/references', { ...place, context: { includeDeclaration: true } });
      await assert.rejects(editor.request('textDocument/rename', { ...place, newName: 'x' }), /Nothing here/);
    }
  });
});
