import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ANSWER_TOOL, toolNames } from './tool-names.js';

describe('tool names for the API', () => {
  it('are allowed, different, and lead back', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom(ANSWER_TOOL, 'submit.answer', 'a.b', 'a_b', 'a-b', 'a b', 'x'.repeat(80), `${'x'.repeat(80)}y`),
    );
    fc.assert(
      fc.property(fc.uniqueArray(name), (tools) => {
        const names = toolNames(tools);
        const api = tools.map(names.toApi);
        assert.equal(new Set([...api, ANSWER_TOOL]).size, tools.length + 1);
        for (const it of api) assert.match(it, /^[a-zA-Z0-9_-]{1,64}$/);
        assert.deepEqual(api.map(names.fromApi), tools);
      }),
    );
  });
});
