import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Json } from '../../../runner/protocol/trace.js';
import { editableJson, visible } from './visible.js';

describe('JSON that a person may edit', () => {
  it('shows what is normally hidden by its number', () => {
    assert.equal(
      editableJson({ to: 'a\u202eb\u00a0\u{e0041}\n' }),
      '{\n  "to": "a\\u202eb\\u00a0\\udb40\\udc41\\n"\n}',
    );
  });

  it('hides nothing, and means what it was made of', () => {
    const text = fc.string({ unit: 'binary' });
    const value = fc.letrec<{ json: Json }>((tie) => ({
      json: fc.oneof(text, fc.integer(), fc.constant(null), fc.array(tie('json')), fc.dictionary(text, tie('json'))),
    })).json;
    fc.assert(
      fc.property(value, (json) => {
        const shown = editableJson(json);
        assert.equal(visible(shown, 'block'), shown);
        assert.equal(JSON.stringify(JSON.parse(shown)), JSON.stringify(json));
      }),
    );
  });
});
