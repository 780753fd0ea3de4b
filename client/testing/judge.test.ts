import assert from 'node:assert/strict';
import type { RedTeamReply, RunReply } from '../../runner/protocol/messages.js';
import type { RunResult } from '../../runner/protocol/result.js';
import { judgeRedTeam, judgeRun } from './judge.js';

const RESULT: RunResult = {
  version: 1,
  run: 'run-1',
  playbook: 'p',
  case: 'c',
  model: 'rehearsal',
  outcome: 'completed',
  verdict: 'malicious',
  acts: [],
  reviews: [],
  undo: [],
  usage: { turns: 1, inputTokens: 0, outputTokens: 0, usd: 0 },
  trace: '/w/traces/t.trace.jsonl',
  unmet: [],
  identity: null,
  reason: 'Every step was run.',
};
const run = (more: Partial<RunResult>): RunReply => ({ ok: true, result: { ...RESULT, ...more } });
const PLACE = { file: '/w/c.case.yaml', line: 4, character: 11 };
const WRONG = { message: 'No.', expected: 'benign', actual: 'malicious', place: PLACE };

describe('What a dry run means for its test', () => {
  it('passes when all that was expected happened, whatever the outcome, and names its trace', () => {
    for (const outcome of ['completed', 'denied', 'failed'] as const) {
      const { state, output } = judgeRun(run({ outcome }), false);
      assert.equal(state, 'passed');
      assert.match(output[0] ?? '', new RegExp(`^${outcome}, verdict malicious: 0 consequential acts simulated`));
      assert.equal(output.at(-1), 'Trace: /w/traces/t.trace.jsonl');
    }
  });

  it('fails with expected against actual, at the place of the case', () => {
    const ran = { ...WRONG, message: 'x was to run and did not.', expected: null, actual: null, place: null };
    const judged = judgeRun(run({ unmet: [WRONG, ran] }), false);
    assert.ok(judged.state === 'failed');
    assert.deepEqual(judged.said, [
      { message: 'No.', difference: { expected: 'benign', actual: 'malicious' }, place: PLACE },
      { message: 'x was to run and did not.', difference: undefined, place: undefined },
    ]);
  });

  it('is skipped when it was cancelled, and judged when it came to its end before that', () => {
    assert.equal(judgeRun(run({ outcome: 'cancelled', unmet: [WRONG] }), true).state, 'skipped');
    assert.equal(judgeRun(run({ unmet: [WRONG] }), true).state, 'failed');
    assert.equal(judgeRun(run({ outcome: 'cancelled', unmet: [WRONG] }), false).state, 'failed');
  });

  it('is an error at the line of the playbook or case that does not let it start', () => {
    const judged = judgeRun({ ok: false, message: 'Bad.', file: '/w/p.playbook.yaml', line: 7 }, false);
    assert.ok(judged.state === 'errored');
    assert.deepEqual(judged.said[0]?.place, { file: '/w/p.playbook.yaml', line: 7, character: 0 });
    const died = judgeRun({ ok: false, message: 'It died.', file: null, line: null }, false);
    assert.ok(died.state === 'errored' && died.said[0]?.place === undefined);
  });

  it('shows what anybody hid in a text', () => {
    const hidden = '\u001b[31mred\u202e';
    const judged = judgeRun(run({ reason: hidden, unmet: [{ ...WRONG, actual: hidden, message: hidden }] }), false);
    assert.ok(judged.state === 'failed');
    const shown = '⟨U+001B⟩[31mred⟨U+202E⟩';
    assert.equal(judged.said[0]?.message, shown);
    assert.equal(judged.said[0]?.difference?.actual, shown);
    assert.ok(judged.output[0]?.endsWith(shown));
  });
});

describe('What a red team means for its test', () => {
  const reply = (findings: Extract<RedTeamReply, { ok: true }>['findings']): RedTeamReply => ({
    ...{ ok: true, runs: 1489, attempts: 12 },
    ...{ unauthorized: findings.length, findings },
  });
  const FINDING = { field: 'alert.message', injection: 'claims-approval', problem: 'x ran.' };

  it('passes when nothing ran without authority, and fails with where the text was that led to it', () => {
    const passed = judgeRedTeam(reply([]), false);
    assert.equal(passed.state, 'passed');
    assert.match(passed.output[0] ?? '', /^1489 runs: 12 calls refused or without authority, 0 of them without/);
    const judged = judgeRedTeam(reply([FINDING, { ...FINDING, field: '', injection: '' }]), false);
    assert.ok(judged.state === 'failed');
    assert.deepEqual(
      judged.said.map(({ message }) => message),
      ['With "claims-approval" in alert.message: x ran.', 'In the case as it is: x ran.'],
    );
  });

  it('is not passed when it was cut short, and says how many findings are left out', () => {
    assert.equal(judgeRedTeam(reply([]), true).state, 'skipped');
    const many = judgeRedTeam(reply(Array.from({ length: 25 }, () => FINDING)), true);
    assert.ok(many.state === 'failed' && many.said.length === 20);
    assert.match(many.output.at(-1) ?? '', /^5 findings more/);
  });
});
