import assert from 'node:assert/strict';
import { type Decided, expectedActs } from './decided.js';

const decided = (over: Partial<Decided>): Decided => ({
  ...{ by: [], words: [], refused: [], let: [], changedAt: [], ran: [] },
  ...over,
});

describe('what a decision says of acts', () => {
  it('is that what was approved must run, what was refused must not, and either is right where it was both', () => {
    assert.deepEqual(expectedActs(decided({ refused: ['a.x', 'a.z'], let: ['a.y', 'a.x'] }), undefined), {
      must: ['a.y'],
      may: ['a.x'],
      mustNot: ['a.z'],
    });
  });

  it('is overruled by what the alert really is, for what closes and what contains', () => {
    const acts = decided({
      let: ['host.isolate'],
      ran: [
        { tool: 'host.isolate', effect: 'contain' },
        { tool: 'case.close', effect: 'suppress' },
        { tool: 'case.note', effect: 'record' },
      ],
    });
    assert.deepEqual(expectedActs(acts, 'benign'), { must: [], may: [], mustNot: ['host.isolate'] });
    assert.deepEqual(expectedActs(acts, 'malicious'), { must: ['host.isolate'], may: [], mustNot: ['case.close'] });
    assert.deepEqual(expectedActs(acts, undefined), { must: ['host.isolate'], may: [], mustNot: [] });
  });
});
