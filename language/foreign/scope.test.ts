import assert from 'node:assert/strict';
import { scopeAmong } from './scope.js';

const args = (of: { readonly [name: string]: string }) => Object.entries(of).map(([name, text]) => ({ name, text }));

describe('What an act is on', () => {
  it('is the argument whose name says so, wherever it stands', () => {
    assert.equal(scopeAmong(args({ comment: 'Isolated', endpoint_ids: '{{ a.id }}' })), 'endpoint_ids: {{ a.id }}');
    assert.equal(scopeAmong(args({ region: 'us-east-1', acl: 'a', ip: '$exec.srcip' })), 'ip: $exec.srcip');
    assert.equal(scopeAmong(args({ status: 'closed', signalIds: 'x' })), 'signalIds: x');
  });

  it('is else the first that is more than words about it, and never one without a value', () => {
    assert.equal(scopeAmong(args({ description: 'why', status: 'closed' })), 'status: closed');
    assert.equal(scopeAmong(args({ description: 'why' })), 'description: why');
    assert.equal(scopeAmong(args({ ip: '', query: 'a' })), 'query: a');
    assert.equal(scopeAmong([]), 'something it does not name');
  });
});
