import assert from 'node:assert/strict';
import type { JsonSchema } from '../../language/model/json-schema.js';
import { withoutExtensions } from './api-schema.js';

describe('schemas for the API', () => {
  it('lose our keywords and keep members of such names', () => {
    const schema: JsonSchema = {
      type: 'object',
      'x-entity': 'user',
      properties: { 'x-entity': { type: 'string', 'x-entity': 'user' }, list: { items: { 'x-entity': 'ip' } } },
      additionalProperties: { 'x-entity': 'ip' },
      $defs: { 'x-one': { 'x-entity': 'ip', type: 'string' } },
    };
    assert.deepEqual(withoutExtensions(schema), {
      type: 'object',
      properties: { 'x-entity': { type: 'string' }, list: { items: {} } },
      additionalProperties: {},
      $defs: { 'x-one': { type: 'string' } },
    });
  });
});
