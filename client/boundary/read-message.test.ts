import assert from 'node:assert/strict';
import { readBoundaryMessage, readKeptComparison } from './read-message.js';

describe('What the page of compared boundaries says', () => {
  it('is taken when it is one of its messages', () => {
    for (const message of [
      { type: 'ready' },
      { type: 'again' },
      { type: 'other' },
      { type: 'open', act: 0, what: 'before' },
      { type: 'open', act: 3, what: 'after' },
      { type: 'open', act: 0, what: 2 },
      { type: 'open-entry', entry: 0 },
    ])
      assert.deepEqual(readBoundaryMessage(message), message);
  });

  it('and nothing else is', () => {
    for (const message of [
      null,
      'ready',
      {},
      { type: 'run' },
      { type: 'open' },
      { type: 'open', act: -1, what: 'before' },
      { type: 'open', act: 1.5, what: 'before' },
      { type: 'open', act: '0', what: 'before' },
      { type: 'open', act: 0, what: 'command' },
      { type: 'open', act: 0, what: -1 },
      { type: 'open-entry' },
      { type: 'open-entry', entry: 'before' },
    ])
      assert.equal(readBoundaryMessage(message), undefined, JSON.stringify(message));
  });

  it('without what it adds to them', () => {
    assert.deepEqual(readBoundaryMessage({ type: 'ready', command: 'x' }), { type: 'ready' });
  });
});

describe('What a tab of compared boundaries keeps', () => {
  const kept = { of: 'playbook', uri: 'file:///w/a.playbook.yaml', revision: 'main', called: 'main' };

  it('is told again when it is all there', () => {
    assert.deepEqual(readKeptComparison({ ...kept, more: 1 }), kept);
    const all = { ...kept, of: 'workspace', uri: 'file:///w', revision: null };
    assert.deepEqual(readKeptComparison(all), all);
  });

  it('is nothing else', () => {
    for (const state of [
      undefined,
      null,
      'file:///w/a.playbook.yaml',
      { ...kept, of: 'command' },
      { ...kept, revision: undefined },
      { ...kept, called: 1 },
      { ...kept, uri: 'https://w/a.playbook.yaml' },
      { ...kept, uri: 'file:///w/a.txt' },
      { ...kept, of: 'workspace', uri: 'vscode-vfs://github/a' },
    ])
      assert.equal(readKeptComparison(state), undefined, JSON.stringify(state));
  });
});
