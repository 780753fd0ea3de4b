import assert from 'node:assert/strict';
import { readGraphMessage } from './read-graph-message.js';

describe('A message of the page of the graph', () => {
  it('is taken when it is one, with nothing more than it has', () => {
    assert.deepEqual(readGraphMessage({ type: 'ready', key: 'x' }), { type: 'ready' });
    assert.deepEqual(readGraphMessage({ type: 'open', key: 'a/b', tool: 1, focus: true, uri: 'file:///etc/passwd' }), {
      type: 'open',
      key: 'a/b',
      tool: 1,
      focus: true,
    });
    assert.deepEqual(readGraphMessage({ type: 'open', key: 'a', tool: 'x', focus: 'yes' }), {
      type: 'open',
      key: 'a',
      tool: null,
      focus: false,
    });
  });

  it('is not taken otherwise', () => {
    for (const raw of [null, 1, 'ready', [], { type: 'open' }, { type: 'open', key: 3 }, { type: 'close' }])
      assert.equal(readGraphMessage(raw), undefined, JSON.stringify(raw));
  });
});
