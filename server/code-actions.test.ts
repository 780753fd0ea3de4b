import assert from 'node:assert/strict';
import type { ClientCapabilities, CodeAction, Diagnostic, Range, TextDocumentEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../language/rules/example.js';
import { CAPABILITIES, Editor } from './testing.test.js';

const NAME = 'demo.playbook.yaml';
const TEXT = `# 🔥
${EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted').replace('title:', 'description: An example.\ntitle:')}  - id: look
    action: intel.domain_reputation
    with: { domain: a.example }
  - id: suspend
    action: identity.suspend
    with: { user: a }
  - id: tell
    manual: { task: Tell them, role: analyst }
`;
const ABLE: ClientCapabilities = {
  ...CAPABILITIES,
  workspace: {
    ...CAPABILITIES.workspace,
    workspaceEdit: { documentChanges: true, resourceOperations: ['create'], snippetEditSupport: true },
  },
  textDocument: {
    ...CAPABILITIES.textDocument,
    codeAction: {
      isPreferredSupport: true,
      disabledSupport: true,
      dataSupport: true,
      resolveSupport: { properties: ['edit'] },
    },
  },
};

describe('code actions over LSP', () => {
  let editor: Editor;
  const start = async (capabilities?: ClientCapabilities): Promise<readonly Diagnostic[]> => {
    editor = new Editor(EXAMPLE_FILES);
    await editor.start(capabilities ? { capabilities } : {});
    return (await editor.open(NAME, TEXT)).diagnostics;
  };
  afterEach(async () => {
    assert.equal(await editor.stop(), 0);
  });

  const ask = (range: Range, context: object = { diagnostics: [] }): Promise<CodeAction[]> =>
    editor.request('textDocument/codeAction', { textDocument: { uri: editor.uri(NAME) }, range, context });
  const at = (marked: string): Range => ({ start: editor.at(NAME, marked), end: editor.at(NAME, marked) });
  const named = (actions: readonly CodeAction[], title: string): CodeAction => {
    const found = actions.find((action) => action.title.startsWith(title));
    assert.ok(found, `${title} is offered: ${actions.map((action) => action.title).join('; ')}`);
    return found;
  };
  const applied = (text: string, edits: readonly object[]): string =>
    TextDocument.applyEdits(
      TextDocument.create('', 'yaml', 1, text),
      edits as Parameters<typeof TextDocument.applyEdits>[1],
    );

  it('add a gate, worked out when it is chosen, and the file is clean then', async () => {
    const [diagnostic] = await start(ABLE);
    assert.equal(diagnostic?.code, 'ungated-act');
    const marked = { ...diagnostic, data: 'the client’s own' };
    const action = named(await ask(at('identity.su|spend'), { diagnostics: [marked] }), 'Add a gate');
    assert.equal(action.kind, 'quickfix');
    assert.equal(action.isPreferred, true);
    assert.deepEqual(action.diagnostics, [marked]);
    assert.equal(action.edit, undefined);
    const { edit } = await editor.request<CodeAction>('codeAction/resolve', action);
    const text = applied(TEXT, edit?.changes?.[editor.uri(NAME)] ?? []);
    assert.match(text, / {2}- id: approve_suspend\n {4}gate:\n/);
    assert.match(text, / {6}evidence: \[steps\.look\.output\]\n/);
    assert.deepEqual((await editor.open('other.playbook.yaml', text)).diagnostics, []);
  });

  it('give no edit for a text that changed meanwhile', async () => {
    await start(ABLE);
    const action = named(await ask(at('identity.su|spend')), 'Add a gate');
    await editor.edit(NAME, 'Tell them', 'Tell all of them');
    assert.equal((await editor.request<CodeAction>('codeAction/resolve', action)).edit, undefined);
    assert.deepEqual(await editor.request('codeAction/resolve', { title: 'x', data: { uri: 1 } }), {
      title: 'x',
      data: { uri: 1 },
    });
  });

  it('extract steps to a file of their own', async () => {
    await start(ABLE);
    const range = { start: editor.at(NAME, '|  - id: tell'), end: editor.at(NAME, 'role: analyst }|') };
    const action = named(await ask(range, { diagnostics: [], only: ['refactor'] }), 'Extract the step');
    assert.equal(action.kind, 'refactor.extract');
    const { edit } = await editor.request<CodeAction>('codeAction/resolve', action);
    const [create, content, call] = edit?.documentChanges ?? [];
    assert.deepEqual(create, {
      kind: 'create',
      uri: editor.uri('example-tell.playbook.yaml'),
      options: { ignoreIfExists: true },
    });
    const made = applied('', (content as TextDocumentEdit).edits);
    editor.write('example-tell.playbook.yaml', made);
    assert.deepEqual((await editor.open('example-tell.playbook.yaml', made)).diagnostics, []);
    assert.equal((call as TextDocumentEdit).textDocument.version, 1);
    const left = applied(TEXT, (call as TextDocumentEdit).edits);
    assert.match(left, /\n {2}- id: example_tell\n {4}call: example-tell\.playbook\.yaml\n$/);
    const { diagnostics } = await editor.open('other.playbook.yaml', left);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['ungated-act'],
    );
  });

  it('say why steps cannot be extracted', async () => {
    await start(ABLE);
    await editor.edit(NAME, 'Tell them', '"${{ steps.look.output.score }}"');
    const range = { start: editor.at(NAME, '|- id: look'), end: editor.at(NAME, 'domain_reputation|') };
    const action = named(await ask(range), 'Extract the step');
    assert.match(action.disabled?.reason ?? '', /"look" is read elsewhere/);
  });

  it('put the cursor where the reason of a suppression is to be written', async () => {
    await start(ABLE);
    const { diagnostics } = await editor.edit(NAME, 'description: An example.\n', '');
    const warning = diagnostics.find(({ code }) => code === 'missing-description');
    const action = named(await ask(warning!.range), 'Accept missing-description');
    const [, change] = action.edit?.documentChanges ?? [];
    assert.deepEqual((change as TextDocumentEdit).edits, [
      {
        range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
        snippet: {
          kind: 'snippet',
          value: `suppressions:\n  - rule: missing-description\n    file: ${NAME}\n    reason: "\${1}"\n`,
        },
      },
    ]);
  });

  it('are what a simple client can take: with their edits, and none that makes a file or cannot be done', async () => {
    await start({ ...CAPABILITIES, textDocument: { ...CAPABILITIES.textDocument, codeAction: {} } });
    const [action, ...more] = await ask(at('identity.su|spend'));
    assert.equal(action?.title, 'Add a gate for "suspend"');
    assert.ok(action.edit?.changes);
    for (const one of [action, ...more]) {
      for (const key of ['isPreferred', 'disabled', 'data']) assert.ok(!(key in one), `${one.title} ${key}`);
    }
    const range = { start: editor.at(NAME, '|- id: tell'), end: editor.at(NAME, 'Tell them|') };
    assert.deepEqual(await ask(range), []);
  });

  it('are only of the kinds that are asked for', async () => {
    await start(ABLE);
    const kinds = async (...only: string[]): Promise<unknown[]> => {
      const range = { start: editor.at(NAME, '|- id: suspend'), end: editor.at(NAME, 'Tell them|') };
      return [...new Set((await ask(range, { diagnostics: [], only })).map(({ kind }) => kind))];
    };
    assert.deepEqual(await kinds('quickfix'), ['quickfix']);
    assert.deepEqual(await kinds('refactor.extract'), ['refactor.extract']);
    assert.deepEqual(await kinds('refactor.inline', 'source.organizeImports'), []);
  });
});
