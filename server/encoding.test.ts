import assert from 'node:assert/strict';
import type { ClientCapabilities, Position, Range, SymbolInformation } from 'vscode-languageserver/node';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../language/rules/example.js';
import { CAPABILITIES, Editor } from './testing.test.js';

const NAME = 'a.playbook.yaml';
const HEAD = EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted');
/** Every line has something before its word that encodings count differently. */
const TEXT = `${HEAD.replace('title: An example', 'title: "🔐 שלום e\u0301"\ndescription: "🔐🔐"').replace('steps:\n', '')}steps:
  - { id: "look", title: "🔐 ß e\u0301", action: intel.domain_reputation, with: { domain: a.example } }
  - { id: "שלום", title: "👩‍💻", action: intel.domain_reputation, with: { domain: a.example } }
`;

describe('a language server whose client counts', () => {
  let editor: Editor;

  beforeEach(() => {
    editor = new Editor(EXAMPLE_FILES);
  });

  afterEach(async () => {
    assert.equal(await editor.stop(), 0);
  });

  const clientOf = (...positionEncodings: string[]): ClientCapabilities => ({
    ...CAPABILITIES,
    general: { positionEncodings },
  });
  const size = (text: string, encoding: string): number =>
    encoding === 'utf-8' ? Buffer.byteLength(text) : encoding === 'utf-32' ? [...text].length : text.length;

  for (const encoding of ['utf-8', 'utf-16', 'utf-32']) {
    for (const [eol, breaks] of [
      ['\n', 'LF'],
      ['\r\n', 'CRLF'],
      ['\r', 'a lone CR'],
    ] as const) {
      it(`in ${encoding}, with lines that end with ${breaks}, is understood in changes and in answers`, async () => {
        const { capabilities } = await editor.start({ capabilities: clientOf(encoding, 'utf-16') });
        assert.equal(capabilities.positionEncoding, encoding);
        let text = TEXT.replaceAll('\n', eol);
        const uri = editor.uri(NAME);
        const place = (word: string, by = 0): Position => {
          const lines = text.slice(0, text.indexOf(word)).split(eol);
          return { line: lines.length - 1, character: size((lines.at(-1) ?? '') + word.slice(0, by), encoding) };
        };
        const rangeOf = (word: string): Range => ({ start: place(word), end: place(word, word.length) });
        let version = 1;
        await editor.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version, text } });
        const change = async (
          changes: readonly (readonly [was: string, is: string])[],
        ): Promise<readonly (readonly unknown[])[]> => {
          version++;
          const contentChanges = changes.map(([was, is]) => {
            const one = { range: rangeOf(was), text: is };
            text = text.replace(was, is);
            return one;
          });
          const said = editor.next((one) => one.uri === uri && one.version === version);
          await editor.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
          return (await said).diagnostics.map(({ code, range }) => [code, range]);
        };

        // Two changes on one line, the second in terms of what the first left, and one that breaks a line.
        const found = await change([
          ['ß e\u0301", action: intel', '🔐ß", action: intel'],
          ['domain_reputation, with', 'domain_reputaton, with'],
          ['e\u0301"', `e\u0301"${eol}# 🔐`],
        ]);
        const unknown = { start: place('intel.domain_reputaton'), end: place('intel.domain_reputaton', 22) };
        assert.deepEqual(
          found.filter(([code]) => code === 'unknown-tool'),
          [['unknown-tool', unknown]],
        );
        const params = { textDocument: { uri }, position: place('intel.domain_reputation', 8) };
        const hover = await editor.request<{ range: Range }>('textDocument/hover', params);
        assert.deepEqual(hover.range, rangeOf('intel.domain_reputation'));
        await change([['intel.domain_reputaton', 'intel.domain_reputation']]);
        const symbols = await editor.request<SymbolInformation[]>('textDocument/documentSymbol', params);
        assert.equal(symbols[1]?.name, 'שלום');
        const line = text.split(eol).find((one) => one.includes('👩‍💻'))!;
        const from = place('{ id: "שלום"');
        assert.deepEqual(symbols[1]?.location.range, {
          start: from,
          end: { line: from.line, character: from.character + size(line.slice(line.indexOf('{')), encoding) },
        });
      });
    }
  }

  it('in UTF-16 when it offers nothing, with a byte order mark as one character', async () => {
    const { capabilities } = await editor.start();
    assert.equal(capabilities.positionEncoding, 'utf-16');
    const said = await editor.open(NAME, '\uFEFFplaybok: x\n');
    const [first] = said.diagnostics.filter(({ code }) => code === 'unknown-key');
    assert.deepEqual(first?.range, { start: { line: 0, character: 1 }, end: { line: 0, character: 8 } });
  });
});
