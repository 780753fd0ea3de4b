import assert from 'node:assert/strict';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { membersInOrder, plainJson } from './canonical.js';
import { membersInPlainText } from './plain-text.js';

const members = (text: string): number => membersInPlainText(Buffer.from(text));

/** What a reader takes for canonical without writing it anew. */
const isSeen = (text: string): boolean => members(text) >= 0 && members(text) === membersInOrder(JSON.parse(text));

describe('the members of plain JSON text', () => {
  it('are counted, however deep', () => {
    assert.equal(members('{"a":[{"b:":1},{"c":{"d":"x:y{"}}],"e":null}'), 5);
    assert.equal(members('[]'), 0);
    assert.equal(members('"a:b"'), 0);
  });

  it('are not counted where it may be written otherwise', () => {
    for (const text of [
      '{ "a":1}',
      '{"a":1}\n',
      '["\\/"]',
      '["\\u0041"]',
      '[1.0]',
      '[1E2]',
      '[-0]',
      '[1e5]',
      '[12345678901234567890]',
      '{"a":1,"1":1}',
    ])
      assert.equal(members(text), -1, text);
    for (const text of ['[1.5]', '[-1]', '[1e+21]', '[0.000001]', '[1e-7]', '[0]', '[true,false,null]'])
      assert.equal(members(text), 0, text);
  });

  it('tell one name given twice', () => {
    assert.equal(isSeen('{"a":1,"a":1}'), false);
    assert.equal(isSeen('{"a":1,"b":1}'), true);
    assert.equal(isSeen('{"b":1,"a":1}'), false);
  });

  it('never make canonical what is not', () => {
    const blank = fc.constantFrom('', '', '', ' ', '\n', '\t');
    const number = fc.constantFrom(
      '0',
      '-0',
      '1',
      '10',
      '1.0',
      '1.50',
      '0.1',
      '1e3',
      '1E3',
      '1e+21',
      '1e21',
      '100000000000000000000',
      '9007199254740993',
      '1e-7',
      '0.0000001',
      '0.10',
      '0.05',
      '12.5',
      '100.10',
      '123456789.0001',
      '1234567890.123456789',
      '-5',
    );
    const string = fc.constantFrom(
      '"a"',
      '"b"',
      '"ö"',
      '"\\u00f6"',
      '"\\/"',
      '"a\\"b"',
      '"😀"',
      '"\\ud83d\\ude00"',
      '"\\ud83d"',
      '"\u2028"',
      '":"',
      '"__proto__"',
      '"1"',
      '"10"',
      '"2"',
    );
    const { json } = fc.letrec<{ json: string }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        number,
        string,
        fc.constantFrom('true', 'false', 'null'),
        fc
          .tuple(blank, fc.array(tie('json'), { maxLength: 3 }))
          .map(([gap, items]) => `[${gap}${items.join(`,${gap}`)}]`),
        fc
          .tuple(blank, fc.array(fc.tuple(string, tie('json')), { maxLength: 4 }))
          .map(([gap, entries]) => `{${entries.map(([key, value]) => `${key}:${gap}${value}`).join(',')}}`),
      ),
    }));
    let seen = 0;
    fc.assert(
      fc.property(json, (text) => {
        if (!isSeen(text)) return;
        seen++;
        assert.equal(text, canonicalize(JSON.parse(text)));
      }),
      { numRuns: 2000 },
    );
    assert.ok(seen > 200, `${seen} of the texts were taken for canonical: too few to say anything`);
  });

  it('take a number just where JavaScript writes it so', () => {
    const digits = fc.stringMatching(/^(0|[1-9]\d{0,17})(\.\d{1,18})?(e[+-]?\d{1,3})?$/);
    fc.assert(
      fc.property(fc.oneof(digits, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)), (text) => {
        assert.equal(members(`[${text}]`) === 0, String(Number(text)) === text, text);
      }),
      { numRuns: 5000 },
    );
  });

  it('are found in nearly all that is canonical', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalize(plainJson(value)) ?? '';
        if (!/\\|"\d/.test(text) && membersInOrder(JSON.parse(text)) >= 0) assert.ok(isSeen(text), text);
      }),
    );
  });
});
