import assert from 'node:assert/strict';
import type { ApprovalRequest, TaskRequest } from '../../runner/protocol/messages.js';
import type { ToViewer } from '../viewer/protocol/messages.js';
import { Questions } from './questions.js';

const APPROVAL: ApprovalRequest = {
  run: 'r',
  gate: 'g',
  title: 'Contain',
  ask: 'Contain?',
  evidence: [],
  calls: [],
  roles: ['commander'],
  approvers: ['cy@soc.example'],
  quorum: 1,
  approvedBy: [],
  escalateTo: [],
  changedBy: [],
  deadline: null,
  irreversible: false,
};
const TASK: TaskRequest = {
  run: 'r',
  step: 's',
  title: 'Call',
  task: 'Call',
  role: 'analyst',
  people: ['bo@soc.example'],
  fields: null,
  call: null,
};

class Cancel {
  isCancellationRequested = false;
  readonly #listeners = new Set<() => void>();
  readonly onCancellationRequested = (listener: () => void) => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };
  cancel(): void {
    this.isCancellationRequested = true;
    for (const listener of [...this.#listeners]) listener();
  }
}

function desk() {
  const posted: ToViewer[] = [];
  let next = 0;
  const questions = new Questions(
    'me',
    () => `ask-${next++}`,
    (message) => posted.push(message),
  );
  return { questions, posted, cancel: new Cancel() };
}

const approve = { type: 'decide', ask: 'ask-0', decision: 'approve', as: 'cy@soc.example', reason: '' } as const;

describe('A question that waits for the person', () => {
  it('is settled once, by an answer that names an allowed approver', async () => {
    const { questions, posted, cancel } = desk();
    const answer = questions.approve(APPROVAL, cancel);
    questions.answer(approve);
    questions.answer({ ...approve, decision: 'reject', reason: 'late' });
    assert.deepEqual(await answer, { decision: 'approve', as: 'cy@soc.example', reason: '' });
    assert.deepEqual(
      posted.map(({ type }) => type),
      ['approval', 'withdrawn'],
    );
    assert.deepEqual(questions.open, []);
  });

  it('takes an approval of what cannot be undone only from who also said that they know', async () => {
    const { questions, cancel } = desk();
    const answer = questions.approve({ ...APPROVAL, irreversible: true }, cancel);
    questions.answer(approve);
    assert.equal(questions.open.length, 1, 'still asked');
    questions.answer({ ...approve, acknowledged: true });
    assert.deepEqual(await answer, { decision: 'approve', as: 'cy@soc.example', reason: '' });
  });

  it('stays open, and is asked again, for an answer that does not fit it', () => {
    const { questions, posted, cancel } = desk();
    questions.approve(APPROVAL, cancel);
    questions.answer({ ...approve, as: 'me' });
    questions.answer({ ...approve, as: 'CY@soc.example' });
    questions.answer({ ...approve, decision: 'reject', reason: '  ' });
    questions.answer({ type: 'perform', ask: 'ask-0', done: true, as: 'cy@soc.example', output: {} });
    assert.deepEqual(
      posted.map(({ type }) => type),
      ['approval', 'approval', 'approval', 'approval', 'approval'],
    );
    questions.answer({ ...approve, ask: 'guessed' });
    assert.equal(questions.open.length, 1);
  });

  it('is rejected, with a reason, by those who may approve', async () => {
    const { questions, cancel } = desk();
    const answer = questions.approve(APPROVAL, cancel);
    questions.answer({ ...approve, decision: 'reject', as: 'me', reason: 'not mine to decide' });
    assert.equal(questions.open.length, 1);
    questions.answer({ ...approve, decision: 'reject', reason: 'no evidence' });
    assert.equal((await answer)?.decision, 'reject');
  });

  it('is silence when the run stops waiting, or had stopped before', async () => {
    const { questions, posted, cancel } = desk();
    const answer = questions.approve(APPROVAL, cancel);
    cancel.cancel();
    assert.equal(await answer, undefined);
    assert.deepEqual(posted.at(-1), { type: 'withdrawn', ask: 'ask-0' });
    assert.equal(await questions.task(TASK, cancel), undefined);
  });

  it('is silence when the run is over', async () => {
    const { questions, cancel } = desk();
    const answers = [questions.approve(APPROVAL, cancel), questions.task(TASK, cancel)];
    questions.close();
    assert.deepEqual(await Promise.all(answers), [undefined, undefined]);
  });

  it('is asked before the others when the person chose it, and none of them is lost', async () => {
    const { questions, posted, cancel } = desk();
    const answers = [APPROVAL, { ...APPROVAL, gate: 'h' }].map((request) => questions.approve(request, cancel));
    const task = questions.task(TASK, cancel);
    const order = () => questions.open.map(({ ask }) => ask);
    questions.first('ask-0');
    questions.first('guessed');
    assert.equal(posted.length, 3);
    questions.first('ask-1');
    assert.deepEqual(order(), ['ask-1', 'ask-0', 'ask-2']);
    // A page that takes what it is told in turn has them in the same order.
    const page = posted.reduce<readonly string[]>((shown, message) => {
      if (!('ask' in message)) return shown;
      const rest = shown.filter((ask) => ask !== message.ask);
      return message.type === 'withdrawn' ? rest : shown.includes(message.ask) ? shown : [...rest, message.ask];
    }, []);
    assert.deepEqual(page, order());
    questions.answer(approve);
    assert.equal((await answers[0])?.decision, 'approve');
    questions.close();
    assert.deepEqual(await Promise.all([answers[1], task]), [undefined, undefined]);
  });

  it('takes a task nobody in particular is to do from the editor’s user', async () => {
    const { questions, cancel } = desk();
    const answer = questions.task({ ...TASK, role: '', people: [] }, cancel);
    questions.answer({ type: 'perform', ask: 'ask-0', done: true, as: 'bo@soc.example', output: {} });
    assert.equal(questions.open.length, 1);
    questions.answer({ type: 'perform', ask: 'ask-0', done: false, as: 'me', output: {} });
    assert.deepEqual(await answer, { done: false, as: 'me', output: {} });
  });

  it('takes a task as done only from somebody who holds the role', async () => {
    const { questions, cancel } = desk();
    const answer = questions.task(TASK, cancel);
    questions.answer({ type: 'perform', ask: 'ask-0', done: true, as: 'me', output: {} });
    assert.equal(questions.open.length, 1);
    questions.answer({ type: 'perform', ask: 'ask-0', done: true, as: 'bo@soc.example', output: { x: 1 } });
    assert.deepEqual(await answer, { done: true, as: 'bo@soc.example', output: { x: 1 } });
  });
});
