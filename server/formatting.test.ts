import assert from 'node:assert/strict';
import type { TextEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Editor } from './testing.test.js';

const NAME = 'untidy.playbook.yaml';
const TEXT = `playbook: untidy # 🔥\r
catalogs: ["🔥.tools.yaml",b.tools.yaml]  \r
steps:\r
- id: a\r
  with: {user: x}\r
`;

describe('formatting over LSP', () => {
  let editor: Editor;

  beforeEach(async () => {
    editor = new Editor({});
    const { capabilities } = await editor.start();
    assert.equal(capabilities.documentFormattingProvider, true);
    assert.equal(capabilities.documentRangeFormattingProvider, true);
    assert.deepEqual(capabilities.documentOnTypeFormattingProvider, { firstTriggerCharacter: '\n' });
  });

  afterEach(async () => {
    assert.equal(await editor.stop(), 0);
  });

  const changed = async (name: string, method: string, params: object = {}): Promise<string> => {
    const edits = await editor.request<TextEdit[]>(`textDocument/${method}`, {
      textDocument: { uri: editor.uri(name) },
      options: { tabSize: 2, insertSpaces: true },
      ...params,
    });
    return TextDocument.applyEdits(TextDocument.create('', 'yaml', 1, editor.text(name)), edits);
  };

  it('formats a document', async () => {
    await editor.open(NAME, TEXT);
    assert.equal(
      await changed(NAME, 'formatting'),
      `playbook: untidy # 🔥\r
catalogs: ["🔥.tools.yaml", b.tools.yaml]\r
steps:\r
  - id: a\r
    with: { user: x }\r
`,
    );
  });

  it('formats a range, and heeds what the editor asks for', async () => {
    await editor.open(NAME, TEXT);
    const range = { start: { line: 1, character: 3 }, end: { line: 2, character: 0 } };
    const options = { tabSize: 4, insertSpaces: false, trimTrailingWhitespace: false };
    assert.equal(await changed(NAME, 'rangeFormatting', { range, options }), TEXT.replace('",b', '", b'));
  });

  it('goes on with a list after Enter', async () => {
    await editor.open(NAME, 'catalogs:\n  - 🔥.tools.yaml\n  \nsteps: []\n');
    const params = { position: { line: 2, character: 2 }, ch: '\n' };
    assert.equal(await changed(NAME, 'onTypeFormatting', params), 'catalogs:\n  - 🔥.tools.yaml\n  - \nsteps: []\n');
    assert.equal(await changed(NAME, 'onTypeFormatting', { ...params, ch: ':' }), editor.text(NAME));
  });

  it('leaves alone what is broken, and what is not ours', async () => {
    await editor.open('broken.playbook.yaml', 'a: {b: [\n');
    assert.equal(await changed('broken.playbook.yaml', 'formatting'), 'a: {b: [\n');
    assert.deepEqual(
      await editor.request('textDocument/formatting', {
        textDocument: { uri: editor.uri('other.yaml') },
        options: { tabSize: 2, insertSpaces: true },
      }),
      [],
    );
  });
});
