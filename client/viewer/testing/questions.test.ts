import type { ApprovalRequest, TaskRequest } from '../../../runner/protocol/messages.js';
import { CLOSE, QUARANTINE } from './sample-trace.test.js';

/** What a person is asked at a gate: two calls, one of them with hidden characters, and no way back. */
export const APPROVAL: ApprovalRequest = {
  run: 'run-1',
  gate: 'approve_containment',
  title: 'Approve containment',
  ask: 'Quarantine the message in 2 mailboxes and close the case?',
  evidence: [
    { expression: 'steps.investigate.output.summary', value: 'Credential phishing sent to two people; one clicked.' },
    { expression: 'steps.sender_reputation.output', value: { score: 92, first_seen: '2 days ago', tags: ['phish'] } },
  ],
  calls: [QUARANTINE, CLOSE],
  roles: ['incident-commander'],
  approvers: ['cy@soc.example', 'dee@soc.example'],
  quorum: 2,
  approvedBy: [],
  escalateTo: [],
  changedBy: [],
  deadline: new Date(Date.now() + 15 * 60_000).toISOString(),
  irreversible: true,
};

/** Something a person is to do, with every kind of field to fill in. */
export const TASK: TaskRequest = {
  run: 'run-1',
  step: 'call_user',
  title: 'Call the user',
  task: 'Call ana@corp.example and ask whether she entered her password.',
  role: 'analyst',
  people: ['ana@soc.example', 'bo@soc.example'],
  fields: {
    type: 'object',
    required: ['reached', 'answer'],
    properties: {
      reached: { type: 'boolean', description: 'Did anybody pick up?' },
      answer: { enum: ['entered', 'did not enter', 'does not remember'] },
      minutes: { type: 'integer' },
      others: { type: 'array', items: { type: 'string' }, description: 'Who else got the message' },
    },
  },
  call: null,
};
