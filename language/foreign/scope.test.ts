import assert from 'node:assert/strict';
import { scopeAmong } from './scope.js';

const args = (of: { readonly [name: string]: string }) => Object.entries(of).map(([name, text]) => ({ name, text }));

const scopeOf = (of: Parameters<typeof scopeAmong>[0]): string => scopeAmong(of).scope;

describe('What an act is on', () => {
  it('is the argument whose name says so, wherever it stands', () => {
    assert.equal(scopeOf(args({ comment: 'Isolated', endpoint_ids: '{{ a.id }}' })), 'endpoint_ids: {{ a.id }}');
    assert.equal(scopeOf(args({ region: 'us-east-1', acl: 'a', ip: '$exec.srcip' })), 'ip: $exec.srcip');
    assert.equal(scopeOf(args({ status: 'closed', signalIds: 'x' })), 'signalIds: x');
  });

  it('is else the first that is more than words about it, and never one without a value', () => {
    assert.equal(scopeOf(args({ description: 'why', status: 'closed' })), 'status: closed');
    assert.equal(scopeOf(args({ description: 'why' })), 'description: why');
    assert.equal(scopeOf(args({ ip: '', query: 'a' })), 'query: a');
    assert.equal(scopeOf([]), 'something it does not name');
  });
});
