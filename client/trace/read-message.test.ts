import assert from 'node:assert/strict';
import { readMessage } from './read-message.js';

describe('A message of the webview', () => {
  it('is taken when it is one', () => {
    const decide = { type: 'decide', ask: 'a', decision: 'reject', as: 'cy@soc.example', reason: 'no' };
    const perform = {
      type: 'perform',
      ask: 'a',
      done: true,
      as: 'bo',
      output: { hosts: ['a'], n: 1, deep: { x: null } },
    };
    assert.deepEqual(readMessage({ type: 'ready', more: 1 }), { type: 'ready' });
    assert.deepEqual(readMessage({ type: 'reveal', seq: 3 }), { type: 'reveal', seq: 3, focus: false });
    assert.deepEqual(readMessage({ type: 'link', seq: 0, more: 1 }), { type: 'link', seq: 0 });
    assert.deepEqual(readMessage({ type: 'text', line: 12 }), { type: 'text', line: 12 });
    assert.deepEqual(readMessage({ type: 'open', side: 'b', seq: 7 }), { type: 'open', side: 'b', seq: 7 });
    assert.deepEqual(readMessage({ type: 'export' }), { type: 'export' });
    assert.deepEqual(readMessage(decide), decide);
    const approve = { ...decide, decision: 'approve' };
    assert.deepEqual(readMessage({ ...approve, acknowledged: true }), { ...approve, acknowledged: true });
    assert.deepEqual(readMessage({ ...approve, acknowledged: 'yes' }), approve, 'only true says so');
    assert.deepEqual(readMessage(perform), perform);
  });

  const refused: readonly unknown[] = [
    null,
    'ready',
    [],
    { type: 'open' },
    { type: 'open', side: 'c', seq: 1 },
    { type: 'open', side: 'a', seq: 1e99 },
    { type: 'link', seq: -1 },
    { type: 'text', line: '1' },
    { type: 'reveal', seq: -1 },
    { type: 'reveal', seq: 1.5 },
    { type: 'copy', seq: '3' },
    { type: 'decide', ask: 'a', decision: 'APPROVE', as: 'x', reason: '' },
    { type: 'decide', ask: 'a', decision: ['approve'], as: 'x', reason: '' },
    { type: 'decide', ask: 'a', decision: 'approve', as: { toString: 1 }, reason: '' },
    { type: 'decide', ask: 'a', decision: 'approve', as: 'x', reason: 'x'.repeat(10_001) },
    { type: 'perform', ask: 'a', done: 1, as: 'x', output: {} },
    { type: 'perform', ask: 'a', done: true, as: 'x', output: [] },
    { type: 'perform', ask: 'a', done: true, as: 'x', output: { a: undefined } },
    { type: 'perform', ask: 'a', done: true, as: 'x', output: { a: Number.NaN } },
    { type: 'perform', ask: 'a', done: true, as: 'x', output: { a: JSON.parse('['.repeat(30) + ']'.repeat(30)) } },
    {
      type: 'perform',
      ask: 'a',
      done: true,
      as: 'x',
      output: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`f${i}`, 1])),
    },
  ];
  for (const message of refused) {
    it(`is refused: ${JSON.stringify(message)?.slice(0, 90)}`, () => assert.equal(readMessage(message), undefined));
  }

  it('cannot reach the prototype of anything', () => {
    const message = readMessage(
      JSON.parse('{"type":"perform","ask":"a","done":true,"as":"x","output":{"__proto__":{"bad":1}}}'),
    );
    assert.ok(message?.type === 'perform');
    assert.deepEqual(Object.keys(message.output), ['__proto__']);
    assert.equal('bad' in message.output, false);
  });
});
