import assert from 'node:assert/strict';
import type { Diagnostic, Hover } from 'vscode-languageserver/node';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../language/rules/example.js';
import { Editor } from './testing.test.js';

const HEAD = EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted').replace(
  'title: An example',
  'title: An example\ndescription: Looks up.',
);
const STEP = '  - id: look\n    action: intel.domain_reputation\n    with: { domain: a.example }\n';

describe('a language server and files of every kind', () => {
  let editor: Editor;

  beforeEach(async () => {
    editor = new Editor(EXAMPLE_FILES);
    await editor.start();
  });

  afterEach(async () => {
    assert.equal(await editor.stop(), 0);
  });

  const open = async (uri: string, text: string, languageId = 'yaml'): Promise<readonly Diagnostic[]> => {
    const said = editor.next((one) => one.uri === uri);
    await editor.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
    return (await said).diagnostics;
  };
  const codes = (diagnostics: readonly Diagnostic[]): unknown[] => diagnostics.map(({ code }) => code);

  it('checks a text that is not saved yet by how it begins', async () => {
    const found = await open('untitled:Untitled-1', `# mine\r\n\r\n${HEAD}${STEP}    titel: x\n`);
    assert.ok(codes(found).includes('unknown-key'));
    const hover = await editor.request<Hover | null>('textDocument/hover', {
      textDocument: { uri: 'untitled:Untitled-1' },
      position: { line: 2, character: 3 },
    });
    assert.ok(hover);
    assert.ok(codes(await open('untitled:Untitled-2', 'catalog: x\ntols: {}\n')).includes('unknown-key'));
  });

  it('takes the word of an editor for what a text without a name is', async () => {
    const found = await open('untitled:Untitled-1', 'titel: x\n', 'countersign-policy');
    assert.ok(codes(found).includes('unknown-key'));
  });

  it('leaves other texts that are not saved yet alone', async () => {
    const uri = 'untitled:Untitled-1';
    await editor.notify('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text: `${'\r\n'.repeat(60)}services: [` },
    });
    await editor.open('a.playbook.yaml', HEAD + STEP);
    assert.ok(!editor.published.some((said) => said.uri === uri));
  });

  for (const [what, uri, why] of [
    ['is not saved yet', 'untitled:/w/a.playbook.yaml', /not saved yet/],
    ['comes from a version control', 'git:/w/a.playbook.yaml?%7B%22ref%22%3A%22HEAD%22%7D', /no file on disk \(git:\)/],
    ['is in a virtual folder', 'vscode-vfs://github/o/r/a.playbook.yaml', /no file on disk \(vscode-vfs:\)/],
  ] as const) {
    it(`checks a text by itself that ${what}, and says that it cannot read what that refers to`, async () => {
      const found = await open(uri, HEAD + STEP);
      assert.deepEqual(
        found.map(({ code, severity }) => [code, severity]),
        [
          ['file-not-found', 3],
          ['file-not-found', 3],
        ],
      );
      assert.match(String(found[0]!.message), why);
    });
  }

  it('reads beside a text in a virtual folder what is open from there', async () => {
    for (const name of ['example.tools.yaml', 'example.policy.yaml']) {
      await open(`vscode-vfs://github/o/r/${name}`, EXAMPLE_FILES[name]!);
    }
    assert.deepEqual(codes(await open('vscode-vfs://github/o/r/a.playbook.yaml', HEAD + STEP)), []);
  });

  it('looks for configurations up to the folders of the workspace, which come and go', async () => {
    const name = 'soc/deep/a.playbook.yaml';
    for (const [file, text] of Object.entries(EXAMPLE_FILES)) editor.write(`soc/deep/${file}`, text);
    editor.write('soc/countersign.config.yaml', 'rules: { unused-catalog: error }\n');
    const folder = (uri: string) => ({ uri, name: 'x' });
    const change = (added: string[], removed: string[]) =>
      editor.notify('workspace/didChangeWorkspaceFolders', {
        event: { added: added.map(folder), removed: removed.map(folder) },
      });
    const whole = editor.uri('.').replace(/\/\.?$/, '');
    const text = HEAD.replace('[example.tools.yaml]', '[example.tools.yaml, response.tools.yaml]') + STEP;
    const said = await editor.open(name, text);
    const level = (diagnostics: readonly Diagnostic[]) =>
      diagnostics.find(({ code }) => code === 'unused-catalog')?.severity;
    assert.equal(level(said.diagnostics), 1);
    let next = editor.next(({ uri }) => uri === editor.uri(name));
    await change([editor.uri('soc/deep')], [whole]);
    assert.notEqual(level((await next).diagnostics), 1);
    next = editor.next(({ uri }) => uri === editor.uri(name));
    await change([editor.uri('soc')], []);
    assert.equal(level((await next).diagnostics), 1);
  });

  describe('of many megabytes', function () {
    this.timeout(60_000);

    it('says so, and checks the YAML alone', async () => {
      const lines = '- { a: b, c: [1, 2, 3], d: "some words that make a line longer" }\n'.repeat(33_000);
      const { diagnostics } = await editor.open('long.playbook.yaml', `${lines}- "x\n`);
      assert.deepEqual(codes(diagnostics), ['file-too-large', 'yaml-syntax']);
      assert.match(String(diagnostics[0]!.message), /only its YAML is checked/);
      assert.deepEqual((await editor.open('a.playbook.yaml', HEAD + STEP)).diagnostics, []);
    });

    it('is not read over its limit, and lives', async () => {
      const { diagnostics } = await editor.open('long.playbook.yaml', '- a\n'.repeat(2_200_000));
      assert.deepEqual(codes(diagnostics), ['file-too-large']);
      assert.deepEqual((await editor.open('a.playbook.yaml', HEAD + STEP)).diagnostics, []);
    });
  });
});
