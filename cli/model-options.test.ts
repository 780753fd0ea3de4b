import assert from 'node:assert/strict';
import path from 'node:path';
import { Folder } from './command.test.js';
import { EXIT } from './exit-codes.js';
import { modelChoice } from './model-options.js';

describe('the options about the model', () => {
  let folder: Folder;
  before(() => {
    folder = new Folder({
      'prices.json': '{ "claude-*": { "input": 1, "output": 2 } }',
      'no.json': '{',
      'odd.json': '{ "claude": 3 }',
    });
  });
  after(() => folder.remove());

  it('are for every step, and for nothing else when they are not given', () => {
    const plain = modelChoice({});
    assert.ok(plain.ok);
    assert.deepEqual(plain.options, { always: {}, prices: undefined, recording: undefined });
    const chosen = modelChoice({
      model: 'record',
      'model-id': 'claude-opus-5-5',
      effort: 'max',
      prices: folder.file('prices.json'),
      recording: 'x.exchange.jsonl',
    });
    assert.ok(chosen.ok, JSON.stringify(chosen));
    assert.deepEqual(chosen.options.always, { model: 'claude-opus-5-5', effort: 'max' });
    assert.equal(chosen.options.prices?.['claude-*']?.output, 2);
    assert.equal(chosen.options.recording, path.resolve('x.exchange.jsonl'));
  });

  for (const [what, given, code, said] of [
    ['a model id without Claude', { 'model-id': 'x' }, EXIT.usage, /goes with --model claude or record/],
    ['an effort while replaying', { model: 'replay', recording: 'x', effort: 'low' }, EXIT.usage, /"--effort"/],
    ['a recording without a use', { model: 'claude', recording: 'x' }, EXIT.usage, /"--recording" goes with/],
    ['nothing to replay', { model: 'replay' }, EXIT.usage, /Which recording\?/],
    ['nowhere to record', { model: 'record' }, EXIT.usage, /Name a new file/],
    ['no prices', { model: 'claude', prices: 'gone.json' }, EXIT.noInput, /there is no/],
    ['prices that are no JSON', { model: 'claude', prices: 'no.json' }, EXIT.problems, /it is no JSON/],
    ['prices that are none', { model: 'claude', prices: 'odd.json' }, EXIT.problems, /the price of "claude"/],
  ] as const) {
    it(`say what is wrong with ${what}`, () => {
      const prices = 'prices' in given ? { prices: folder.file(given.prices) } : {};
      const chosen = modelChoice({ ...given, ...prices });
      assert.ok(!chosen.ok);
      assert.equal(chosen.code, code);
      assert.match(chosen.message, said);
    });
  }
});
