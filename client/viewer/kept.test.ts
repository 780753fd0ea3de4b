import assert from 'node:assert/strict';
import fc from 'fast-check';
import { keptOf, NOTHING_KEPT, readKept } from './kept.js';
import { startState } from './state.js';

describe('What the viewer keeps', () => {
  it('comes back as it was', () => {
    const state = {
      ...startState(false),
      pane: 'waterfall' as const,
      selected: 12,
      filter: { chip: 'denied' as const, search: 'x', range: { from: 1, to: 2 } },
    };
    const kept = keptOf(state, 340);
    assert.deepEqual(readKept(JSON.parse(JSON.stringify(kept))), {
      follow: false,
      pane: 'waterfall',
      filter: { chip: 'denied', search: 'x', range: { from: 1, to: 2 } },
      selected: 12,
      scrolled: 340,
    });
  });

  it('is as nothing where it does not fit', () => {
    assert.deepEqual(readKept(undefined), NOTHING_KEPT);
    assert.deepEqual(
      readKept({ pane: 'none', selected: -1, filter: { chip: 7, range: { from: 3, to: 1 } } }),
      NOTHING_KEPT,
    );
    fc.assert(fc.property(fc.anything(), (value) => assert.equal(typeof readKept(value).follow, 'boolean')));
  });
});
