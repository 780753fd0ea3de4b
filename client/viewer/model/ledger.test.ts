import assert from 'node:assert/strict';
import type { TraceLine } from '../../../runner/protocol/trace.js';
import { BLOCK, Script, structured } from '../testing/structured-trace.test.js';
import { Ledger } from './ledger.js';

function ledgerOf(lines: readonly TraceLine[]) {
  const ledger = new Ledger();
  for (const line of lines) ledger.add(line);
  return ledger.questions.map(({ kind, step, outcome, answers, ran, from, to }) => ({
    kind,
    step,
    outcome,
    answers: answers.map((at) => lines[at]?.event),
    ran: ran.map((at) => lines[at]?.event),
    waited: to === undefined ? undefined : to - from,
  }));
}

describe('The ledger of approvals', () => {
  it('has who answered, how long it waited and what ran because of it', () => {
    assert.deepEqual(ledgerOf(structured().lines), [
      {
        kind: 'approval',
        step: 'body/ask',
        outcome: 'approved',
        answers: ['decided'],
        ran: ['executed'],
        waited: 2 * 137,
      },
    ]);
  });

  it('lets nothing have run because of a rejection, nor because of a question nobody answered', () => {
    const script = new Script().ask('g', [BLOCK]).answer('g', 'reject').ask('h', [BLOCK]).execute('act', BLOCK);
    assert.deepEqual(
      ledgerOf(script.lines).map(({ step, outcome, ran }) => [step, outcome, ran]),
      [
        ['g', 'rejected', []],
        ['h', undefined, []],
      ],
    );
  });

  it('keeps apart what a gate is asked again', () => {
    const script = new Script().ask('g', [BLOCK]).answer('g', 'reject').ask('g', [BLOCK]).answer('g', 'approve');
    assert.deepEqual(
      ledgerOf(script.lines).map(({ outcome }) => outcome),
      ['rejected', 'approved'],
    );
  });

  it('has a question that was changed, and one that was asked afresh then', () => {
    const script = new Script().ask('g', [BLOCK]);
    script.add('modified', 'g', { gate: 'g', changes: [], before: [BLOCK], after: [BLOCK], refused: null });
    script.ask('g', [BLOCK]).answer('g', 'approve');
    assert.deepEqual(
      ledgerOf(script.lines).map(({ outcome, answers }) => [outcome, answers]),
      [
        ['asked afresh', ['modified']],
        ['approved', ['decided']],
      ],
    );
  });

  it('has tasks too, and takes in events of a gate that it does not know', () => {
    const script = new Script().enter('call', 'manual');
    script.add('task.opened', 'call', { task: 'Call her', role: 'analyst', fields: null, call: null });
    script.add('task.done', 'call', { output: {}, performed: true }).leave('call').ask('g', []);
    const unknown = { ...script.lines.at(-1), event: 'handed-on', data: { gate: 'g', to: 'lead' } };
    const lines = [...script.lines, unknown as unknown as TraceLine];
    assert.deepEqual(
      ledgerOf(lines).map(({ kind, outcome, answers }) => [kind, outcome, answers]),
      [
        ['task', 'done', ['task.done']],
        ['approval', undefined, ['handed-on']],
      ],
    );
  });
});
