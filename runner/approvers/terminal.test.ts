import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import type { ApprovalRequest, UndoOffer } from '../protocol/messages.js';
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
  escalateTo: [],
  changedBy: [],
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
    end: () => input.end(),
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

  it('says how many questions wait behind the one it asks', async () => {
    const { approver, type, shows, seen } = terminal();
    const answers = ['one', 'two', 'three'].map((gate) => approver.approve(request(gate), never));
    await shows('Shall I one?');
    assert.match(seen(), /2 more questions wait behind this one/);
    for (let i = 0; i < 3; i++) for (const line of ['approve', 'ana', 'because']) type(line);
    await Promise.all(answers);
    assert.match(seen(), /1 more question waits behind this one/);
    approver.close();
  });

  it('takes a change of one call, a role to hand it to, and the end of the run', async () => {
    const call = (id: string, user: string) => ({
      id,
      tool: 'identity.suspend',
      arguments: { user, hours: 4 },
      effect: 'contain',
      target: user,
      digest: `sha256:${'0'.repeat(64)}`,
    });
    const two = { ...request('one'), calls: [call('call-1', 'mallory'), call('call-2', 'trent')] };
    const { approver, type, shows, seen } = terminal();
    const changed = approver.approve(two, never);
    await shows('Shall I one?');
    for (const line of ['modify', 'ana', 'wrong one', '3', '2', 'eve', '2', '{"user": "eve"}']) type(line);
    assert.deepEqual(await changed, {
      decision: 'modify',
      as: 'ana',
      reason: 'wrong one',
      changes: [{ call: 'call-2', arguments: { user: 'eve', hours: 4 } }],
    });
    assert.match(seen(), /no such call/);
    assert.match(seen(), /no JSON object/);
    const handed = approver.approve({ ...request('two'), escalateTo: ['commander'] }, never);
    for (const line of ['escalate', 'ana', 'not mine', 'commander']) type(line);
    assert.deepEqual(await handed, { decision: 'escalate', as: 'ana', reason: 'not mine', to: 'commander' });
    const ended = approver.approve(request('three'), never);
    for (const line of ['end', 'ana', 'a drill']) type(line);
    assert.deepEqual(await ended, { decision: 'end', as: 'ana', reason: 'a drill' });
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

  describe('offers to take an act back', () => {
    const offer = (target: string): UndoOffer => ({
      run: 'run-1',
      step: 'close',
      title: 'Close it',
      call: {
        id: 'call-1',
        tool: 'case.close',
        arguments: {},
        effect: 'suppress',
        target,
        digest: `sha256:${'0'.repeat(64)}`,
      },
      undo: { tool: 'case.reopen', arguments: { id: 7 } },
      people: ['ana', 'bo'],
      until: '2026-01-02T00:00:00.000Z',
      windowMs: 86_400_000,
    });

    it('while nothing is asked', async () => {
      const { approver, type, shows, seen } = terminal();
      const answer = approver.offerUndo?.(offer('case-7'), never);
      await shows('type "undo 1"');
      assert.match(seen(), /case\.close was run on case-7 without asking.*until 2026-01-02T00:00:00\.000Z/s);
      assert.match(seen(), /case\.reopen with \{"id":7\}/);
      for (const line of ['undo 1', 'ana', 'it is ours']) type(line);
      assert.deepEqual(await answer, { as: 'ana', reason: 'it is ours' });
      approver.close();
    });

    it('at a question, which is asked again then', async () => {
      const { approver, type, shows } = terminal();
      const first = approver.offerUndo?.(offer('case-7'), never);
      const second = approver.offerUndo?.(offer('case-8'), never);
      const asked = approver.approve(request('one'), never);
      await shows('Type "approve"');
      for (const line of ['undo 2', 'bo', 'a mistake', 'approve', 'ana', 'because']) type(line);
      assert.deepEqual(await second, { as: 'bo', reason: 'a mistake' });
      assert.deepEqual(await asked, { decision: 'approve', as: 'ana', reason: 'because' });
      assert.equal(await Promise.race([first, 'open']), 'open');
      approver.close();
    });

    it('and leaves it as it is where nobody who may says so', async () => {
      const { approver, type, shows } = terminal();
      const answer = approver.offerUndo?.(offer('case-7'), never);
      for (const line of ['undo 1', 'eve']) type(line);
      await shows('"eve" may not take it back');
      type('undo 3');
      await shows('nothing to take back as 3');
      for (const line of ['undo 1', 'ana', '']) type(line);
      assert.deepEqual(await answer, { as: 'ana', reason: '' });
      approver.close();
    });

    it('as long as the run goes on, and no longer', async () => {
      const { approver, type, shows, seen } = terminal();
      const over = new AbortController();
      const answer = approver.offerUndo?.(offer('case-7'), over.signal);
      await shows('type "undo 1"');
      type('undo 1');
      await shows('Who takes it back?');
      over.abort();
      assert.equal(await answer, undefined);
      const asked = approver.approve(request('one'), never);
      await shows('Shall I one?');
      for (const line of ['undo 1', 'no', 'ana', 'why not']) type(line);
      assert.deepEqual(await asked, { decision: 'reject', as: 'ana', reason: 'why not' });
      assert.match(seen(), /no longer be taken back/);
      assert.match(seen(), /nothing to take back as 1 any more/);
      approver.close();
    });

    it('to nobody when the input has ended', async () => {
      const { approver, end } = terminal();
      const stop = new AbortController();
      const answer = approver.offerUndo?.(offer('case-7'), stop.signal);
      end();
      assert.equal(await approver.approve(request('one'), never), undefined);
      stop.abort();
      assert.equal(await answer, undefined);
      approver.close();
    });
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
