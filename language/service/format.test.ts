import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseYaml } from '../syntax/parse.js';
import { patchText } from '../syntax/patched-text.js';
import { toJson } from '../syntax/tree.js';
import { type FormatOptions, format } from './format.js';

const SAMPLES = fileURLToPath(new URL('../../../playbooks', import.meta.url));

describe('formatting', () => {
  const formatted = (text: string, options: Partial<FormatOptions> = {}): string =>
    patchText(text, format(text, { size: 2, ...options })).text;
  const is = (text: string, wanted: string, options: Partial<FormatOptions> = {}): void => {
    assert.equal(formatted(text, options), wanted);
    assert.deepEqual(format(wanted, { size: 2, ...options, range: undefined as never }), [], 'once is enough');
  };

  it('indents lists below their keys and puts one space behind a dash', () => {
    is('steps:\n-   id: a\n    with:\n        b: 1\n-   - c\n', 'steps:\n  - id: a\n    with:\n      b: 1\n  - - c\n');
  });

  it('indents by what the editor says', () => {
    is('a:\n  b:\n    - c: 1\n      d: 2\n', 'a:\n    b:\n        - c: 1\n          d: 2\n', { size: 4 });
  });

  it('spaces braces, brackets and commas on one line, and leaves alone how lines are broken', () => {
    is('a: {b: 1,c:  [ 1,2 ], d: { } , "e":1}\n', 'a: { b: 1, c:  [1, 2], d: {}, "e": 1 }\n');
    is('a:\n    {\n      b: 1,\n      c: [\n        2 ],\n    }\n', 'a:\n  {\n    b: 1,\n    c: [\n      2],\n  }\n');
  });

  it('moves a text of several lines as a whole and leaves it as it is', () => {
    is(
      'a:\n    b: >\n          one  \n\n            two\n    c: "x\n      y"\n',
      'a:\n  b: >\n        one  \n\n          two\n  c: "x\n    y"\n',
    );
    is('a:\n    b: |2\n        one\n      two\n', 'a:\n  b: |2\n      one\n    two\n');
  });

  it('lets comments go with the line they stand above', () => {
    is(
      '# top\na:\n# first\n- b: 1 # aside   \n  # c is\n  c: 2\n  # at the end\n# last\nd: 3\n',
      '# top\na:\n  # first\n  - b: 1 # aside\n    # c is\n    c: 2\n    # at the end\n# last\nd: 3\n',
    );
  });

  it('keeps quotes, blank lines, long lines and what is aligned', () => {
    const text = `a: 'x'\n\n\nb:   "y" # ${'long '.repeat(60)}.\nc : z\n`;
    is(text, text);
  });

  it('ends with one line break, of the kind the file has', () => {
    is('a: 1', 'a: 1\n');
    is('a: 1  \r\nb:\r\n- 2\r\n\r\n\r\n', 'a: 1\r\nb:\r\n  - 2\r\n');
    assert.equal(formatted('a: 1', { finalNewline: false }), 'a: 1');
    assert.equal(formatted('a: 1\n\n', { trimFinalNewlines: false }), 'a: 1\n\n');
    assert.equal(formatted('a: 1  \n', { trimBlanks: false }), 'a: 1  \n');
  });

  it('does not take from a text the line breaks it keeps', () => {
    const text = 'a: |+\n  b\n\n\n';
    is(text, text);
    is('c: {d: 1}\na: |+\n  b\n\n\n', 'c: { d: 1 }\na: |+\n  b\n\n\n');
  });

  it('counts columns, not bytes, where there is an emoji', () => {
    is('🔥: {a: "🔥",b: 1}\n', '🔥: { a: "🔥", b: 1 }\n');
  });

  it('changes the chosen lines only, and nothing that lines outside decide', () => {
    const text = 'a:\n- b: {x: 1}\n  c:\n      d: {y: 2}\n- e: {z: 3}\n';
    const start = text.indexOf('  c:');
    is_range(text, { start, end: text.indexOf('- e') }, 'a:\n- b: {x: 1}\n  c:\n    d: { y: 2 }\n- e: {z: 3}\n');
    // All of the list is chosen, so it may move.
    is_range(text, { start: 3, end: text.length }, 'a:\n  - b: { x: 1 }\n    c:\n      d: { y: 2 }\n  - e: { z: 3 }\n');
  });

  const is_range = (text: string, range: FormatOptions['range'], wanted: string): void =>
    assert.equal(formatted(text, { ...(range ? { range } : {}) }), wanted);

  it('does nothing to a text with faults, or with what the language does not have', () => {
    for (const text of [
      'a: [1\n',
      'a: "x\n',
      'a:\n\t- b\n',
      '- - a\n b',
      'a: &x {b: 1}\n',
      'a: {b: 1}\n---\nc: {d: 1}\n',
      '',
      ' \n',
      '\0',
    ])
      assert.deepEqual(format(text, { size: 2 }), [], JSON.stringify(text));
  });

  it('keeps what every sample says, and has nothing to do there', () => {
    for (const name of readdirSync(SAMPLES, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.yaml')) continue;
      const text = readFileSync(path.join(SAMPLES, name), 'utf8');
      assert.deepEqual(format(text, { size: 2 }), [], name);
      const wide = formatted(text, { size: 4 });
      assert.notEqual(wide, text, name);
      assert.deepEqual(toJson(parseYaml(wide).root), toJson(parseYaml(text).root), name);
      assert.equal(formatted(wide), text, `${name}: there and back`);
    }
  });
});
