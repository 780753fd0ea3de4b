import type { Node } from '../syntax/tree.js';
import type { JsonSchema } from './json-schema.js';
import { entriesOf, jsonObject } from './read.js';

/**
 * The object schema that a map of `name: schema` stands for, as catalogs (`input`, `output`), agents and manual tasks
 * write it. Members are required unless they say `optional: true`; nothing else is allowed.
 */
export function objectSchemaOf(node: Node | undefined): JsonSchema {
  const properties: { [name: string]: JsonSchema } = Object.create(null);
  const required: string[] = [];
  for (const entry of entriesOf(node)) {
    const { optional, ...schema } = jsonObject(entry.value);
    properties[entry.key.text] = schema as JsonSchema;
    if (optional !== true) required.push(entry.key.text);
  }
  return { type: 'object', properties, required, additionalProperties: false };
}
