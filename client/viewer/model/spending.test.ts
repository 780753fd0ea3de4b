import assert from 'node:assert/strict';
import type { TraceEvents } from '../../../runner/protocol/trace.js';
import { smallTrace } from '../testing/sample-trace.test.js';
import { BLOCK, Script } from '../testing/structured-trace.test.js';
import { Spending } from './spending.js';

const ANSWER: TraceEvents['model.response'] = {
  turn: 1,
  stopReason: 'end',
  text: '',
  calls: [],
  output: null,
  usage: { turns: 1, inputTokens: 100, outputTokens: 10, usd: 0.5 },
};

describe('What a run used', () => {
  it('is added up while it goes on, against limits where the trace tells them', () => {
    const script = new Script().enter('ask', 'agent');
    script.add('model.request', 'ask', {
      turn: 1,
      model: 'm',
      messages: 1,
      tools: [],
      system: null,
      input: null,
      limits: { turns: 3, tokens: 1000, timeMs: 5000 },
    });
    script.add('model.response', 'ask', ANSWER).execute('ask', BLOCK).add('model.response', 'ask', ANSWER);
    const spending = new Spending();
    for (const line of script.lines) spending.add(line);
    const [run, own] = spending.scopes;
    assert.deepEqual(own?.limits, { turns: 3, tokens: 1000, time: 5000 });
    assert.deepEqual({ ...own?.used, time: 0 }, { turns: 2, tokens: 220, usd: 1, toolCalls: 1, time: 0 });
    assert.deepEqual({ ...run?.used, time: 0 }, { turns: 2, tokens: 220, usd: 1, toolCalls: 1, time: 0 });
    assert.equal(run?.used.time, script.lines.at(-1)?.mono);
    assert.deepEqual(run?.limits, {});
    assert.equal(own?.counted, false);
  });

  it('is as the engine counted it, once it did', () => {
    const spending = new Spending();
    for (const line of smallTrace()) spending.add(line);
    const [run, own] = spending.scopes;
    assert.deepEqual(own?.used, { turns: 2, tokens: 3620, usd: 0, toolCalls: 1, time: 1400 });
    assert.equal(own?.counted, true);
    assert.equal(run?.counted, false);
  });

  it('stays small however long the run', () => {
    const script = new Script().enter('ask', 'agent');
    for (let turn = 0; turn < 3000; turn++) script.add('model.response', 'ask', ANSWER);
    const spending = new Spending();
    for (const line of script.lines) spending.add(line);
    const [run] = spending.scopes;
    assert.ok((run?.points.length ?? 0) <= 513);
    assert.equal(run?.points.at(-1)?.used.turns, 3000, 'the newest stays');
    assert.equal(run?.used.turns, 3000);
  });
});
