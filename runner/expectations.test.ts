import assert from 'node:assert/strict';
import { loadCase } from '../language/load-case.js';
import { unmetExpectations } from './expectations.js';
import type { Act } from './protocol/result.js';

const TEXT = `case: c
playbook: p
expect:
  verdict: benign
  acts:
    must: [mail.quarantine]
    must-not:
      - identity.suspend
`;
const sample = (text: string) => loadCase('file:///w/c.case.yaml', text, { read: () => undefined });
const act = (tool: string): Act => ({
  ...{ step: 's', tool, effect: 'write', target: null, decision: 'allowed', rule: 'approved' },
  ...{ approvedBy: [], simulated: true, executed: true },
});
const RESULT = { verdict: null, outcome: 'completed', acts: [act('identity.suspend')], reason: 'Done.' } as const;

describe('what a case expected and did not happen', () => {
  it('is said with the place where the case says it', () => {
    const unmet = unmetExpectations(sample(TEXT), RESULT);
    assert.deepEqual(
      unmet.map(({ message, expected, actual, place }) => [message, expected, actual, place?.line, place?.character]),
      [
        ['The verdict was to be "benign" and is none.', 'benign', 'none', 3, 11],
        ['mail.quarantine was to run and did not.', null, null, 5, 11],
        ['identity.suspend was not to run and did.', null, null, 7, 8],
      ],
    );
    assert.ok(unmet.every(({ place }) => place?.file === '/w/c.case.yaml'));
  });

  it('is a failure, unless the case says that the run fails', () => {
    const failed = { ...RESULT, outcome: 'failed', acts: [], reason: 'A tool broke.' } as const;
    const [unmet] = unmetExpectations(sample('case: c\n'), failed);
    assert.match(unmet?.message ?? '', /does not say it should: A tool broke/);
    assert.equal(unmet?.place, null);
    assert.deepEqual(unmetExpectations(sample('case: c\nexpect: { outcome: failed }\n'), failed), []);
    assert.deepEqual(unmetExpectations(sample('case: c\n'), { ...failed, outcome: 'completed' }), []);
  });
});
