import type { JsonSchema } from '../../language/model/json-schema.js';
import type { Json } from '../protocol/trace.js';

const MAX_DEPTH = 8;

/**
 * The least value of a schema: its constant, first allowed value, default or example, else the emptiest value of its
 * type. Keywords that ask for more (`pattern`, `format`) may not be met; check the result.
 */
export function minimalValue(schema: JsonSchema, depth = 0): Json {
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum?.[0] !== undefined) return schema.enum[0];
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  const type =
    typeof schema.type === 'string' ? schema.type : (schema.type?.[0] ?? (schema.properties ? 'object' : ''));
  switch (type) {
    case 'object': {
      const value: { [name: string]: Json } = Object.create(null);
      if (depth >= MAX_DEPTH) return value;
      for (const name of schema.required ?? []) {
        const member =
          schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
        value[name] = minimalValue(member ?? {}, depth + 1);
      }
      return value;
    }
    case 'array': {
      const length = depth >= MAX_DEPTH ? 0 : Math.min(schema.minItems ?? 0, 100);
      return Array.from({ length }, () => minimalValue(schema.items ?? {}, depth + 1));
    }
    case 'string':
      return schema.format === 'date-time' ? '1970-01-01T00:00:00Z' : '-'.repeat(Math.min(schema.minLength ?? 0, 1000));
    case 'integer':
      return Math.max(Math.ceil(schema.minimum ?? 0), Math.min(0, Math.floor(schema.maximum ?? 0)));
    case 'number':
      return schema.minimum !== undefined && schema.minimum > 0 ? schema.minimum : Math.min(0, schema.maximum ?? 0);
    case 'boolean':
      return false;
    default:
      return null;
  }
}
