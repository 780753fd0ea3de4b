import assert from 'node:assert/strict';
import { NO_CHECKPOINTS, type RunResult, type Verification } from '../runner/index.js';
import { describeRun } from './run-summary.js';

const RESULT: RunResult = {
  version: 1,
  run: 'run-1',
  playbook: 'p',
  case: 'c',
  model: 'claude-test',
  outcome: 'completed',
  verdict: null,
  acts: [],
  reviews: [],
  undo: [],
  identity: null,
  usage: { turns: 10, inputTokens: 31_915, outputTokens: 500, usd: 0.0164 },
  trace: 't',
  unmet: [],
  reason: 'Every step was run.',
};
const VERIFIED: Verification = {
  version: 1,
  valid: true,
  lines: 9,
  firstBad: null,
  checkpoints: NO_CHECKPOINTS,
  established: [],
  notEstablished: [],
};

describe('the summary of a run', () => {
  const modelRow = (usage: Partial<RunResult['usage']>): string =>
    describeRun({ ...RESULT, usage: { ...RESULT.usage, ...usage } }, VERIFIED, 't', { paint: (_, text) => text })
      .split('\n')
      .find((line) => line.startsWith('Model')) ?? '';

  it('says how many tokens the cache saved from being read anew, where there is one', () => {
    assert.equal(modelRow({}), 'Model     claude-test: 10 turns, 31915 tokens in, 500 out, $0.0164');
    assert.equal(
      modelRow({ cacheReadTokens: 28_494 }),
      'Model     claude-test: 10 turns, 31915 tokens in (28494 from the cache), 500 out, $0.0164',
    );
  });
});
