import assert from 'node:assert/strict';
import type { TestedPolicyFile } from '../../runner/protocol/policy-tests.js';
import { keysOf, policyJudgementsOf, uncoveredLines } from './judge-policy.js';

const PLACE = { file: '/w/a.policy.test.yaml', line: 4, character: 2 };
const FAILURE = {
  message: 'Outcome is allowed, expected denied.',
  expected: 'denied',
  actual: 'allowed\u202e',
  place: PLACE,
  decidedBy: [{ what: 'the ceiling for evict', place: { file: '/w/a.policy.yaml', line: 9, character: 4 } }],
};
const FILE: TestedPolicyFile = {
  file: PLACE.file,
  problems: [],
  tests: [
    { title: 'One', failures: [] },
    { title: 'Two', failures: [FAILURE] },
    { title: 'One', failures: [FAILURE] },
  ],
};

describe('Tests of a policy in the editor', () => {
  it('are told apart where they have the same title', () => {
    assert.deepEqual(keysOf(['a', 'b', 'a', 'a']), ['a', 'b', 'a (2)', 'a (3)']);
  });

  it('fail at what is expected, against what came, with what decided; hidden characters are shown', () => {
    const judgement = policyJudgementsOf(FILE);
    assert.deepEqual(judgement('One'), { state: 'passed' });
    assert.deepEqual(judgement('Two'), {
      state: 'failed',
      said: [
        {
          message: FAILURE.message,
          difference: { expected: 'denied', actual: 'allowed⟨U+202E⟩' },
          place: PLACE,
          decidedBy: FAILURE.decidedBy,
        },
      ],
    });
    assert.equal(judgement('One (2)')?.state, 'failed');
    assert.equal(judgement('Three'), undefined);
  });

  it('are errors, every one, where their file has some', () => {
    const judgement = policyJudgementsOf({
      ...FILE,
      tests: [],
      problems: [{ message: 'No such role.', place: PLACE }],
    });
    assert.deepEqual(judgement('Two'), {
      state: 'errored',
      said: [{ message: 'No such role.', difference: undefined, place: PLACE, decidedBy: [] }],
    });
  });

  it('leave out what they do not show of the policy', () => {
    const part = { name: 'ceiling for evict', start: { line: 9, character: 0 }, end: { line: 9, character: 5 } };
    const parts = [
      { ...part, exercised: true, held: true },
      { ...part, name: 'tag vip', exercised: true, held: false },
      { ...part, name: 'role analyst for evict', exercised: false, held: false },
    ];
    assert.deepEqual(uncoveredLines({ file: '/w/a.policy.yaml', parts }, 'a.policy.yaml'), [
      'a.policy.yaml:10  no test exercises the role analyst for evict',
      'a.policy.yaml:10  no test would fail without the tag vip',
    ]);
  });
});
