import assert from 'node:assert/strict';
import type { RunParams } from '../protocol/messages.js';
import { modelOptions } from './model-options.js';

const PARAMS: RunParams = { playbook: 'p', case: 'c', trace: 't', model: 'claude', user: 'u' };

describe('what the editor asks of a model', () => {
  it('is taken as it is set', () => {
    const prices = { 'claude-*': { input: 1, output: 2 } };
    const chosen = modelOptions({ ...PARAMS, modelId: 'any', effort: 'high', apiKey: 'k', recording: 'r', prices });
    assert.ok(chosen.ok);
    const { prices: read, ...rest } = chosen.value;
    assert.deepEqual(rest, { modelId: 'any', effort: 'high', apiKey: 'k', recording: 'r' });
    assert.equal(read?.['claude-*']?.output, 2);
    assert.ok(modelOptions(PARAMS).ok);
  });

  it('is refused with the setting to change', () => {
    const effort = modelOptions({ ...PARAMS, effort: 'most' });
    assert.ok(!effort.ok && /"most" is none of low.*countersign\.dryRun\.effort/.test(effort.message));
    const prices = modelOptions({ ...PARAMS, prices: { claude: 3 } });
    assert.ok(!prices.ok && /countersign\.dryRun\.prices.*the price of "claude"/.test(prices.message));
  });
});
