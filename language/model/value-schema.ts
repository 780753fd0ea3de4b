import type { Json, Node } from '../syntax/tree.js';
import type { JsonSchema } from './json-schema.js';
import { ENTITY_TYPES } from './levels.js';
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
    properties[entry.key.text] = schemaOf(schema, 0);
    if (optional !== true) required.push(entry.key.text);
  }
  return { type: 'object', properties, required, additionalProperties: false };
}

type JsonObject = { readonly [key: string]: Json };

const MAX_DEPTH = 40;

/**
 * A schema as somebody wrote it, without what has the wrong form: that is a problem of its file, and here nothing is said in
 * its place. Keywords nobody here reads stay as they are, for the validator of a run.
 */
function schemaOf(written: JsonObject, depth: number): JsonSchema {
  const schema: { [key: string]: unknown } = Object.create(null);
  for (const [key, value] of Object.entries(written)) {
    const read = depth < MAX_DEPTH ? keyword(key, value, depth + 1) : undefined;
    if (read !== undefined) schema[key] = read;
  }
  return schema;
}

function keyword(key: string, value: Json, depth: number): unknown {
  switch (key) {
    case '$ref':
    case 'title':
    case 'description':
    case 'pattern':
    case 'format':
      return typeof value === 'string' ? value : undefined;
    case 'x-entity':
      return ENTITY_TYPES.find((type) => type === value);
    case 'type':
      return typeof value === 'string' || isTexts(value) ? value : undefined;
    case 'required':
      return isTexts(value) ? value : undefined;
    case 'enum':
    case 'examples':
      return isList(value) ? value : undefined;
    case 'minimum':
    case 'maximum':
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
      return typeof value === 'number' ? value : undefined;
    case 'properties':
    case '$defs':
      return isObject(value) ? schemasIn(value, depth) : undefined;
    case 'items':
      return isObject(value) ? schemaOf(value, depth) : undefined;
    case 'additionalProperties':
      if (typeof value === 'boolean') return value;
      return isObject(value) ? schemaOf(value, depth) : undefined;
    case 'oneOf':
    case 'anyOf':
      return isList(value) && value.every(isObject) ? value.map((one) => schemaOf(one, depth)) : undefined;
    default:
      return value;
  }
}

function schemasIn(written: JsonObject, depth: number): { readonly [name: string]: JsonSchema } {
  const schemas: { [name: string]: JsonSchema } = Object.create(null);
  for (const [name, value] of Object.entries(written)) schemas[name] = isObject(value) ? schemaOf(value, depth) : {};
  return schemas;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isTexts(value: Json): value is readonly string[] {
  return isList(value) && value.every((one) => typeof one === 'string');
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}
