import assert from 'node:assert/strict';
import { boundarySummary } from './boundary-summary.js';
import { HEADER, HOST, PLAYBOOK_URI, POLICY, POLICY_URI } from './fixtures.test.js';
import { openSource } from './source-file.js';

function summary(text: string, uri = PLAYBOOK_URI): string | undefined {
  const source = openSource(uri, text, HOST);
  assert.ok(source);
  return boundarySummary(source);
}

describe('the summary of a boundary', () => {
  it('counts acts by who decides, says what they amount to, and what is not proven', () => {
    const steps = `steps:
  - id: restore
    action: identity.restore
    autonomy: autonomous
    with: { user: x }
  - id: ask
    gate: { ask: Really?, grants: [suspend], approvers: { roles: [analyst] }, timeout: 5m }
  - id: suspend
    action: identity.suspend
    with: { user: x }
`;
    assert.equal(summary(HEADER + steps), '2 acts: 1 without a person, 1 after approval · ai-soc');
    const bypassed = steps.replace('5m }', '5m }\n    on-reject: continue');
    assert.equal(summary(HEADER + bypassed), '2 acts: 1 without a person, 1 after approval · ai-soc · 1 violated');
  });

  it('says so when nothing is consequential', () => {
    const steps = 'steps:\n  - id: r\n    action: intel.domain_reputation\n    with: { domain: x }\n';
    assert.equal(summary(HEADER + steps), 'Only reads and records · tool-assisted');
  });

  it('is none of an empty file, of text, or of another file', () => {
    assert.equal(summary(''), undefined);
    assert.equal(summary('- a'), undefined);
    assert.equal(summary(POLICY, POLICY_URI), undefined);
  });
});
