import type { JsonSchema } from '../../language/model/json-schema.js';

type Member = JsonSchema | boolean;

/** The schema without our own `x-` keywords, for an API that may refuse what it does not know. Members named so stay. */
export function withoutExtensions(schema: JsonSchema): { readonly [keyword: string]: unknown } {
  const kept = Object.entries(schema).filter(([keyword]) => !keyword.startsWith('x-'));
  const out: { [keyword: string]: unknown } = Object.fromEntries(kept);
  if (schema.properties) out.properties = mapValues(schema.properties, withoutExtensions);
  if (schema.$defs) out.$defs = mapValues(schema.$defs, withoutExtensions);
  if (schema.items) out.items = withoutExtensions(schema.items);
  if (schema.additionalProperties !== undefined) out.additionalProperties = member(schema.additionalProperties);
  return out;
}

function member(value: Member): unknown {
  return typeof value === 'boolean' ? value : withoutExtensions(value);
}

function mapValues(values: { readonly [name: string]: JsonSchema }, map: (schema: JsonSchema) => unknown): unknown {
  return Object.fromEntries(Object.entries(values).map(([name, schema]) => [name, map(schema)]));
}
