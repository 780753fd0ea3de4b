import assert from 'node:assert/strict';
import { rememberedTraces } from './remembered.js';

describe('What a tab is filled with when the window is loaded anew', () => {
  it('are the traces its page kept, and nothing else that may stand there', () => {
    const kept = ['file:///w/traces/a.trace.jsonl', 'file:///w/traces/b.trace.jsonl'];
    assert.deepEqual(rememberedTraces({ follow: true, traces: kept }), kept);
    for (const state of [undefined, null, 'x', {}, { traces: 'file:///a.trace.jsonl' }, { traces: [1, null, {}] }])
      assert.deepEqual(rememberedTraces(state), []);
    const others = ['http://x/a.trace.jsonl', 'file:///etc/passwd', 'command:countersign.dryRun', 'git:/a.trace.jsonl'];
    assert.deepEqual(rememberedTraces({ traces: others }), []);
  });
});
