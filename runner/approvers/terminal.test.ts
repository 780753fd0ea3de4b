import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import type { ApprovalRequest } from '../protocol/messages.js';
import { terminalApprover } from './terminal.js';

const request = (gate: string): ApprovalRequest => ({
  run: 'run-1',
  gate,
  title: gate,
  ask: `Shall I ${gate}?`,
  evidence: [],
  calls: [],
  roles: ['analyst'],
  approvers: ['ana'],
  quorum: 1,
  approvedBy: [],
  deadline: null,
  irreversible: false,
});

function terminal() {
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = '';
  let waiting: { readonly text: string; readonly resolve: () => void } | undefined;
  output.on('data', (chunk) => {
    shown += chunk;
    if (waiting && shown.includes(waiting.text)) waiting.resolve();
  });
  return {
    approver: terminalApprover({ input, output }),
    type: (text: string) => input.write(`${text}\n`),
    seen: () => shown,
    /** Resolves once the text is on the screen. */
    shows: (text: string) =>
      shown.includes(text) ? Promise.resolve() : new Promise<void>((resolve) => (waiting = { text, resolve })),
  };
}

const never = new AbortController().signal;

describe('the terminal', () => {
  it('puts the questions of parallel branches one after the other', async () => {
    const { approver, type, shows, seen } = terminal();
    const answers = [approver.approve(request('one'), never), approver.approve(request('two'), never)];
    await shows('Shall I one?');
    for (const line of ['approve', 'ana', 'because', 'no', 'ana', 'not two']) type(line);
    assert.deepEqual(await Promise.all(answers), [
      { decision: 'approve', as: 'ana', reason: 'because' },
      { decision: 'reject', as: 'ana', reason: 'not two' },
    ]);
    assert.ok(seen().indexOf('Why?') < seen().indexOf('Shall I two?'));
    approver.close();
  });

  it('does not take what was typed for a withdrawn question as the answer to the next', async () => {
    const { approver, type, shows } = terminal();
    const stop = new AbortController();
    const first = approver.approve(request('one'), stop.signal);
    const second = approver.approve(request('two'), never);
    await shows('Type "approve"');
    type('approve');
    await shows('Who are you?');
    stop.abort();
    assert.equal(await first, undefined);
    await shows('Shall I two?');
    for (const line of ['no', 'ana', 'why not']) type(line);
    assert.equal((await second)?.decision, 'reject');
    approver.close();
  });

  it('does not show a question that was withdrawn while it waited for its turn', async () => {
    const { approver, type, shows, seen } = terminal();
    const stop = new AbortController();
    const first = approver.approve(request('one'), never);
    const second = approver.approve(request('two'), stop.signal);
    await shows('Type "approve"');
    stop.abort();
    for (const line of ['approve', 'ana', 'because']) type(line);
    assert.equal((await first)?.decision, 'approve');
    assert.equal(await second, undefined);
    assert.ok(!seen().includes('Shall I two?'));
    approver.close();
  });
});
