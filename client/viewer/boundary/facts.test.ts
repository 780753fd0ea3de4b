import assert from 'node:assert/strict';
import type { ComparedAct } from '../../../server/protocol/compare-requests.js';
import type { BoundaryItem } from '../../../server/protocol/requests.js';
import { factRows, groupsOf } from './facts.js';

const ITEM: BoundaryItem = {
  step: 'suspend',
  tool: 'identity.suspend',
  effect: 'contain',
  scope: 'inputs.user',
  autonomy: 'approve',
  approval: { gate: 'ask', roles: ['analyst'], quorum: 2, expires: '30m' },
  bounds: [],
  untrusted: [],
  undo: 'identity.restore',
  accountable: null,
  verdict: 'proven',
  because: 'Every path to it has the approval of "ask".',
  place: { uri: 'file:///x', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } } },
};
const ACT: ComparedAct = {
  playbook: 'example',
  file: 'example.playbook.yaml',
  step: 'suspend',
  tool: 'identity.suspend',
  change: '2c8a',
  acknowledged: null,
  proposed: false,
  class: 'widened',
  withoutPerson: true,
  onCatalogsWord: false,
  violates: false,
  causes: ['playbook'],
  reasons: [],
  before: ITEM,
  after: { ...ITEM, autonomy: 'autonomous', approval: null, bounds: ['where x'] },
  path: [],
};

describe('The facts of a compared act', () => {
  it('stand beside each other, and what both lack is left out', () => {
    assert.deepEqual(
      factRows(ACT).map(({ name, before, now }) => [name, before, now]),
      [
        ['Level', 'approve: people are asked first', 'autonomous: nobody is asked'],
        ['Approval', '2 people of analyst at "ask", valid for 30m', ''],
        ['Bounds', '', 'where x'],
        ['Acts on', 'inputs.user', 'inputs.user'],
        ['Undone by', 'identity.restore', 'identity.restore'],
        ['Answers for it', 'nobody', 'nobody'],
        [
          'Verdict',
          'proven. Every path to it has the approval of "ask".',
          'proven. Every path to it has the approval of "ask".',
        ],
      ],
    );
  });

  it('say of a side without the act that it is not there', () => {
    const [level] = factRows({ ...ACT, before: null });
    assert.deepEqual(level, { name: 'Level', before: 'not there, or never runs', now: 'autonomous: nobody is asked' });
  });

  it('come in groups, what needs no person first, and what cannot be compared with what is wider', () => {
    const acts: readonly ComparedAct[] = [
      { ...ACT, class: 'narrowed' },
      { ...ACT, class: 'incomparable', withoutPerson: false },
      { ...ACT, onCatalogsWord: true },
      { ...ACT, acknowledged: { owner: 'soc', reason: 'One.', expires: '2027-01-31' } },
      ACT,
    ];
    assert.deepEqual(
      groupsOf(acts).map(({ title, acts }) => [title, acts.map(({ index }) => index)]),
      [
        ['May do more without a person', [4]],
        ['May do more, with a person', [1]],
        ['New, and only reads or records on the word of its catalog', [2]],
        ['May do more, as acknowledged', [3]],
        ['May do less', [0]],
      ],
    );
  });
});
