import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Document } from './document.js';
import { type Encoding, encodingFor } from './positions.js';

const URI = 'file:///w/a.playbook.yaml';
const ENCODINGS: readonly Encoding[] = ['utf-8', 'utf-16', 'utf-32'];
const of = (text: string, encoding: Encoding): Document => new Document(URI, 'yaml', 1, text, encoding);

/** The characters of a text as an encoding counts them, by another way than the one under test. */
const length = (text: string, encoding: Encoding): number =>
  encoding === 'utf-8' ? Buffer.byteLength(text) : encoding === 'utf-32' ? [...text].length : text.length;

describe('positions of a document', () => {
  const cases: readonly (readonly [what: string, text: string, at: string, line: number, before: string])[] = [
    ['an emoji', 'title: 🔐 x\n', 'x', 0, 'title: 🔐 '],
    ['an emoji of several code points', 'title: 👩‍💻 x\n', 'x', 0, 'title: 👩‍💻 '],
    ['right-to-left text', 'title: שלום x\n', 'x', 0, 'title: שלום '],
    ['a combining mark', 'title: e\u0301 x\n', 'x', 0, 'title: e\u0301 '],
    ['a byte order mark', '\uFEFFtitle: x\n', 'x', 0, '\uFEFFtitle: '],
    ['CRLF', 'a: 🔐\r\nb: x\r\n', 'x', 1, 'b: '],
    ['a lone CR', 'a: 🔐\rb: x\r', 'x', 1, 'b: '],
    ['a line separator, which breaks no line', 'a: \u2028 x\n', 'x', 0, 'a: \u2028 '],
  ];
  for (const encoding of ENCODINGS) {
    for (const [what, text, at, line, before] of cases) {
      it(`behind ${what} in ${encoding}`, () => {
        const document = of(text, encoding);
        const offset = text.lastIndexOf(at);
        const position = { line, character: length(before, encoding) };
        assert.deepEqual(document.positionAt(offset), position);
        assert.equal(document.offsetAt(position), offset);
      });
    }

    it(`beyond its ends count as the nearest, in ${encoding}`, () => {
      const document = of('ä🔐\r\nb', encoding);
      const end = length('ä🔐', encoding);
      assert.deepEqual(document.positionAt(-5), { line: 0, character: 0 });
      assert.deepEqual(document.positionAt(99), { line: 1, character: 1 });
      assert.deepEqual(document.positionAt(4), { line: 0, character: end });
      assert.equal(document.offsetAt({ line: -1, character: 3 }), 0);
      assert.equal(document.offsetAt({ line: 0, character: 99 }), 3);
      assert.equal(document.offsetAt({ line: 0, character: -1 }), 0);
      assert.equal(document.offsetAt({ line: 9, character: 0 }), 6);
    });
  }

  it('inside a character count as its start', () => {
    assert.equal(of('🔐x', 'utf-8').offsetAt({ line: 0, character: 3 }), 0);
    assert.equal(of('🔐x', 'utf-8').offsetAt({ line: 0, character: 4 }), 2);
  });

  it('count a lone surrogate as the replacement it is sent as', () => {
    assert.deepEqual(of('\ud800x', 'utf-8').positionAt(1), { line: 0, character: 3 });
  });

  it('are in the encoding the client likes best, and in UTF-16 where it says nothing', () => {
    const offering = (...positionEncodings: string[]) => encodingFor({ general: { positionEncodings } });
    assert.equal(offering('utf-8', 'utf-16'), 'utf-8');
    assert.equal(offering('utf-7', 'utf-32', 'utf-8'), 'utf-32');
    assert.equal(offering('utf-7'), 'utf-16');
    assert.equal(encodingFor({}), 'utf-16');
  });
});

describe('changes of a document', () => {
  const piece = fc.constantFrom('a', ': ', '\n', '\r', '\r\n', '🔐', 'ש', 'e\u0301', '\uFEFF', 'ß', '');
  const words = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));

  it('leave the text and the lines that the whole new text has, in every encoding', () => {
    const edit = fc.record({ from: fc.nat(30), to: fc.nat(30), text: words });
    fc.assert(
      fc.property(words, fc.array(edit, { maxLength: 6 }), fc.constantFrom(...ENCODINGS), (start, edits, encoding) => {
        let document = of(start, encoding);
        let expected = start;
        for (const { from, to, text } of edits) {
          const whole = of(expected, encoding);
          const ends = [from, to].map((at) => snapped(expected, Math.min(at, expected.length))).sort((a, b) => a - b);
          const [first = 0, last = 0] = ends.map((at) => whole.offsetAt(whole.positionAt(at)));
          const range = { start: whole.positionAt(first), end: whole.positionAt(last) };
          document = document.changed([{ range, text }], document.version + 1);
          expected = expected.slice(0, first) + text + expected.slice(last);
          assert.equal(document.text, expected);
          const again = of(expected, encoding);
          assert.equal(document.lineCount, again.lineCount);
          for (let at = 0; at <= expected.length; at++) assert.deepEqual(document.positionAt(at), again.positionAt(at));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('agree with the document of the LSP library in UTF-16', () => {
    fc.assert(
      fc.property(words, fc.nat(20), fc.nat(20), words, (start, from, to, text) => {
        const theirs = TextDocument.create(URI, 'yaml', 1, start);
        const range = { start: theirs.positionAt(Math.min(from, to)), end: theirs.positionAt(Math.max(from, to)) };
        const ours = of(start, 'utf-16').changed([{ range, text }], 2);
        const after = TextDocument.update(theirs, [{ range, text }], 2);
        assert.equal(ours.getText(), after.getText());
        assert.equal(ours.lineCount, after.lineCount);
        for (let line = 0; line < ours.lineCount; line++) {
          assert.deepEqual(ours.getLineRange(line), after.getLineRange(line));
          assert.equal(ours.getEOLCharacters(line), after.getEOLCharacters(line));
        }
      }),
    );
  });

  it('are taken one after the other, and leave the document before them as it was', () => {
    const before = of('a: 🔐\nb: 1\n', 'utf-8');
    const at = (line: number, character: number) => ({ line, character });
    const after = before.changed(
      [
        { range: { start: at(0, 7), end: at(0, 7) }, text: '🔐\nc: 2' },
        { range: { start: at(2, 3), end: at(2, 4) }, text: '3' },
      ],
      2,
    );
    assert.equal(after.text, 'a: 🔐🔐\nc: 2\nb: 3\n');
    assert.equal(after.version, 2);
    assert.equal(before.text, 'a: 🔐\nb: 1\n');
    assert.equal(after.changed([{ text: 'x' }], 3).text, 'x');
  });
});

/** Not between the halves of a surrogate pair, where no encoding but UTF-16 has a position. */
function snapped(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
