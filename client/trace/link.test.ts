import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asText, asUri, readLink, readQuery } from './link.js';

describe('A link to an event', () => {
  it('leads back to it, as an address and as text', () => {
    const names = fc.string({ minLength: 1, unit: 'grapheme' }).filter((name) => name.trim() === name);
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 999_999_999 }), (name, line) => {
        const link = { path: `traces/${name}.trace.jsonl`, line };
        const address = asUri(link, 'vscode', 'countersign.countersign');
        assert.deepEqual(readLink(address), link);
        assert.deepEqual(readQuery(decodeURIComponent(address.slice(address.indexOf('?') + 1))), link);
        if (!/[\n\r]/.test(name) && !/^[a-z][a-z0-9+.-]*:\/\//i.test(link.path)) {
          assert.deepEqual(readLink(asText(link)), link);
        }
      }),
    );
  });

  for (const text of [
    '',
    'traces/a.trace.jsonl',
    'traces/a.trace.jsonl#0',
    'traces/a.trace.jsonl#-1',
    'traces/a.jsonl#3',
    'vscode://countersign.countersign/other?trace=a.trace.jsonl&line=1',
    'vscode://countersign.countersign/event?trace=a.txt&line=1',
    'vscode://countersign.countersign/event?trace=a.trace.jsonl',
    `${'x'.repeat(5000)}.trace.jsonl#1`,
  ]) {
    it(`is nothing when it is ${JSON.stringify(text.slice(0, 80))}`, () => assert.equal(readLink(text), undefined));
  }
});
