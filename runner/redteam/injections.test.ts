import assert from 'node:assert/strict';
import { BUILT_IN_INJECTIONS, readInjections } from './injections.js';

describe('injections', () => {
  it('takes a text a line, and passes over empty ones', () => {
    assert.deepEqual(readInjections('a.txt', 'One.\r\n\n Two. \n'), {
      ok: true,
      injections: [
        { id: 'line-1', text: 'One.' },
        { id: 'line-3', text: ' Two. ' },
      ],
    });
  });

  it('takes JSON lines: texts, and objects with one under any of the usual names', () => {
    const lines = ['"One."', '{"id":"x","text":"Two."}', '{"prompt":"Three."}', '{"injection":"Four.","name":"y"}'];
    assert.deepEqual(readInjections('a.jsonl', lines.join('\n')), {
      ok: true,
      injections: [
        { id: 'line-1', text: 'One.' },
        { id: 'x', text: 'Two.' },
        { id: 'line-3', text: 'Three.' },
        { id: 'y', text: 'Four.' },
      ],
    });
  });

  it('gives each a name of its own', () => {
    const read = readInjections('a.jsonl', '{"id":"x","text":"1"}\n{"id":"x","text":"2"}');
    assert.deepEqual(read.ok && read.injections.map((one) => one.id), ['x', 'x#2']);
    assert.equal(new Set(BUILT_IN_INJECTIONS.map((one) => one.id)).size, BUILT_IN_INJECTIONS.length);
  });

  for (const [what, name, text, message] of [
    ['a line that is no JSON', 'a.jsonl', '"One."\nTwo.', /Line 2/],
    ['an object without a text', 'a.jsonl', '{"x":1}', /Line 1/],
    ['a text that is too long', 'a.txt', 'x'.repeat(100_001), /100001 characters/],
    ['nothing', 'a.txt', '\n', /no injection/],
  ] as const) {
    it(`refuses ${what}`, () => {
      const read = readInjections(name, text);
      assert.match(read.ok ? '' : read.message, message);
    });
  }
});
