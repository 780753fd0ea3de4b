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
const RESULT = {
  verdict: null,
  outcome: 'completed',
  acts: [act('identity.suspend')],
  reason: 'Done.',
  decisions: [],
  policy: undefined,
} as const;

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

  it('is told of decisions: where, by whom, and which', () => {
    const wanted = (text: string) => sample(`case: c\nexpect:\n  decided:\n    - { at: ask, ${text} }\n`);
    const range = { start: 0, end: 0 };
    const policy = { roles: new Map([['analyst', [{ value: 'ana@soc.example', range }]]]) };
    const came = { ...RESULT, acts: [], policy };
    const decisions = [{ at: 'ask', by: 'ana@soc.example', decision: 'approve' }] as const;
    for (const met of ['role: analyst', 'by: ana@soc.example', 'decision: approve', 'role: analyst, decision: approve'])
      assert.deepEqual(unmetExpectations(wanted(met), { ...came, decisions }), [], met);
    for (const unmet of ['role: commander', 'by: bo@soc.example', 'decision: reject', 'role: analyst, decision: end'])
      assert.equal(unmetExpectations(wanted(unmet), { ...came, decisions }).length, 1, unmet);
    const elsewhere = [{ at: 'other', by: 'ana@soc.example', decision: 'approve' }] as const;
    const [unmet] = unmetExpectations(wanted('role: analyst'), { ...came, decisions: elsewhere });
    assert.match(unmet?.message ?? '', /role "analyst" was to decide at "ask", and nobody decided there/);
    assert.equal(unmet?.place?.line, 3);
    // Without a policy nobody holds a role.
    assert.equal(unmetExpectations(wanted('role: analyst'), { ...came, decisions, policy: undefined }).length, 1);
  });
});
