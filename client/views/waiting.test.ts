import assert from 'node:assert/strict';
import type { ApprovalRequest } from '../../runner/protocol/messages.js';
import { waitingWords } from './waiting.js';

const REQUEST: ApprovalRequest = {
  run: 'r',
  gate: 'g',
  title: 'Contain the host?',
  ask: 'Contain LT-7?',
  evidence: [],
  calls: [],
  roles: ['analyst', 'commander'],
  approvers: ['cy@soc.example'],
  quorum: 2,
  approvedBy: [],
  escalateTo: [],
  changedBy: [],
  deadline: '2026-11-26T02:38:41.144Z',
  irreversible: true,
};
const words = (request: ApprovalRequest) =>
  waitingWords({ type: 'approval', ask: 'a', request }, 'contain on LT-7', (time) => time.slice(11, 16));

describe('A question in the list of what waits', () => {
  it('says who may approve, what cannot be undone and when silence denies', () => {
    const { label, description, tooltip, spoken } = words(REQUEST);
    assert.equal(label, 'Contain the host?');
    assert.equal(description, '2 of analyst or commander · cannot be undone · silence denies at 02:38');
    assert.match(tooltip, /Contain LT-7\?/);
    assert.match(spoken, /^Approval needed: Contain the host\?, by 2 of .* in contain on LT-7$/);
  });

  it('counts the people who have approved already', () => {
    const { description } = words({ ...REQUEST, approvedBy: ['bo@soc.example'], irreversible: false, deadline: null });
    assert.equal(description, 'analyst or commander · silence denies when the run ends');
  });

  it('says of a task who is to do it', () => {
    const task = { run: 'r', step: 's', title: 'Call\u202e', task: 'Call', people: [], fields: null, call: null };
    const { label, description } = waitingWords(
      { type: 'task', ask: 'a', request: { ...task, role: '' } },
      'r',
      String,
    );
    assert.equal(label, 'Call⟨U+202E⟩');
    assert.equal(description, 'anybody · to be done by a person');
  });
});
