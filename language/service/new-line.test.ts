import assert from 'node:assert/strict';
import { patchText } from '../syntax/patched-text.js';
import { afterEnter } from './new-line.js';

describe('after Enter', () => {
  /** The text after Enter at `|`, with the cursor where it then stands: at the end of what was put in. */
  const typed = (marked: string, white = ''): string => {
    const at = marked.indexOf('|');
    const newline = marked.includes('\r\n') ? '\r\n' : '\n';
    const text = marked.slice(0, at) + newline + white + marked.slice(at + 1);
    const offset = at + newline.length + white.length;
    const edits = afterEnter(text, offset);
    const patched = patchText(text, edits).text;
    const [edit] = edits;
    const cursor = edit ? edit.range.start + edit.newText.length : offset;
    return `${patched.slice(0, cursor)}|${patched.slice(cursor)}`;
  };
  const is = (marked: string, wanted: string, white?: string): void => assert.equal(typed(marked, white), wanted);

  it('stands where the keys of a step stand', () => {
    is('steps:\n  - id: a|\n', 'steps:\n  - id: a\n    |\n', '  ');
    is('steps:\n  - id: a\n    action: b|\n', 'steps:\n  - id: a\n    action: b\n    |\n', '    ');
    is('steps:\n  - id: a\n    with: { b: 1 }|\n', 'steps:\n  - id: a\n    with: { b: 1 }\n    |\n', '  ');
  });

  it('goes deeper behind a key without a value, and behind the mark of a text', () => {
    is('steps:|\n', 'steps:\n  |\n');
    is('steps:\n  - id: a\n    gate:|\n', 'steps:\n  - id: a\n    gate:\n      |\n', '    ');
    is('    gate:\n      ask: >|\n', '    gate:\n      ask: >\n        |\n', '      ');
    is('steps:\n  - if: # why\n  - on-error:|\n', 'steps:\n  - if: # why\n  - on-error:\n      |\n');
  });

  it('goes on with a dash behind an item that is one word', () => {
    is('catalogs:\n  - a.tools.yaml|\n', 'catalogs:\n  - a.tools.yaml\n  - |\n', '  ');
    is('evidence:\n  - "a: b" # why|\n', 'evidence:\n  - "a: b" # why\n  - |\n');
    is('a:\r\n  - b|\r\nc: 1\r\n', 'a:\r\n  - b\r\n  - |\r\nc: 1\r\n');
    is('a:\n  - 🔥 x|\n', 'a:\n  - 🔥 x\n  - |\n');
  });

  it('does not behind an item that has keys or brackets', () => {
    is('tools:\n  - use: a.b|\n', 'tools:\n  - use: a.b\n    |\n');
    is('tools:\n  - { use: a.b }|\n', 'tools:\n  - { use: a.b }\n    |\n', '    ');
  });

  it('ends the list behind a dash with nothing', () => {
    is(
      'steps:\n  - id: a\n    gate:\n      grants:\n        - b\n        - |\n',
      'steps:\n  - id: a\n    gate:\n      grants:\n        - b\n      |\n',
      '        ',
    );
    is('catalogs:\n- a\n-|\n', 'catalogs:\n- a\n|\n');
  });

  it('leaves texts, brackets, comments and blank lines alone', () => {
    for (const marked of [
      'task: >\n  Look:\n  - at this|\n',
      'a:\n  - b: |-\n      - c|d\n'.replace('|-', '>-'),
      'with: {\n  a: 1,|\n',
      'with:\n  {\n    a: [\n      - b|\n',
      'a: "one\n  - two|\n',
      '# - a|\n',
      'a: 1\n|\n',
      '|',
      'a: b|c\n',
    ]) {
      const at = marked.indexOf('|');
      const text = `${marked.slice(0, at)}\n${marked.slice(at + 1)}`;
      assert.deepEqual(afterEnter(text, at + 1), [], JSON.stringify(marked));
    }
  });
});
