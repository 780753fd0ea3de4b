import assert from 'node:assert/strict';
import { FIRST_STATE, NOTHING_SPENT, type RunEvent, reduce } from './state.js';

const learned = (...events: readonly RunEvent[]) => events.reduce(reduce, FIRST_STATE);
const turn = { ...NOTHING_SPENT, turns: 1 };

describe('What a run knows', () => {
  it('forgets what a scope spent once it ended, and nothing of the scopes around it', () => {
    const { spent } = learned(
      { kind: 'spent', scopes: ['agent', 'run'], amount: turn },
      { kind: 'scopes-ended', scopes: ['agent'] },
      { kind: 'spent', scopes: ['other', 'run'], amount: turn },
    );
    assert.deepEqual(
      [...spent].map(([scope, { turns }]) => [scope, turns]),
      [
        ['run', 2],
        ['other', 1],
      ],
    );
  });

  it('is not changed by what is learned later', () => {
    const before = learned({ kind: 'proposed', call: 'call-1' });
    const later = reduce(before, { kind: 'proposed', call: 'call-2' });
    assert.deepEqual([before.proposed.has('call-2'), later.proposed.has('call-1')], [false, true]);
    assert.ok(!FIRST_STATE.proposed.has('call-1'));
  });
});
