import assert from 'node:assert/strict';
import type { ApprovalRequest } from '../protocol/messages.js';
import { fileApprover } from './file.js';

const call = (id: string, user: string) => ({
  id,
  tool: 'identity.suspend',
  arguments: { user, hours: 4 },
  effect: 'contain',
  target: user,
  digest: `sha256:${'0'.repeat(64)}`,
});
const REQUEST: ApprovalRequest = {
  run: 'run-1',
  gate: 'ask',
  title: 'Ask',
  ask: 'Suspend?',
  evidence: [],
  calls: [call('call-1', 'mallory'), call('call-2', 'trent')],
  roles: ['analyst'],
  approvers: ['ana'],
  quorum: 1,
  approvedBy: [],
  escalateTo: ['commander'],
  changedBy: [],
  deadline: null,
  irreversible: false,
};
const never = new AbortController().signal;

const read = (text: string) => fileApprover('file:///answers.yaml', text);

describe('answers that are written down', () => {
  it('may change a call, hand the question on, and end the run', async () => {
    const file = read(`- { gate: ask, as: ana, decision: modify, call: 2, with: { user: eve }, reason: not him }
- { gate: ask, as: ana, decision: modify, with: { hours: 8 } }
- { gate: ask, as: ana, decision: modify, call: 3, with: { hours: 8 } }
- { gate: ask, as: ana, decision: escalate, to: commander }
- { gate: ask, as: ana, decision: end, reason: a drill }
`);
    assert.ok(file.ok);
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push(await file.approver.approve(REQUEST, never));
    assert.deepEqual(answers, [
      {
        as: 'ana',
        reason: 'not him',
        decision: 'modify',
        changes: [{ call: 'call-2', arguments: { user: 'eve', hours: 4 } }],
      },
      {
        as: 'ana',
        reason: '',
        decision: 'modify',
        changes: [{ call: 'call-1', arguments: { user: 'mallory', hours: 8 } }],
      },
      // There is no third call: what is said of it changes nothing.
      { as: 'ana', reason: '', decision: 'modify', changes: [{ call: 'call 3 of 2', arguments: {} }] },
      { as: 'ana', reason: '', decision: 'escalate', to: 'commander' },
      { as: 'ana', reason: 'a drill', decision: 'end' },
      undefined,
    ]);
  });

  it('are refused where something is missing from them', () => {
    for (const text of [
      '- { gate: ask, as: ana, decision: modify }\n',
      '- { gate: ask, as: ana, decision: escalate }\n',
      '- { gate: ask, as: ana, decision: perhaps }\n',
    ]) {
      const file = read(text);
      assert.ok(!file.ok, text);
      assert.match(file.message, /not understood/);
    }
  });
});
