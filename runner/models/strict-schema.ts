import type { JsonSchema } from '../../language/model/json-schema.js';
import type { Json } from '../protocol/trace.js';

/**
 * A schema in the part of JSON Schema that Claude's answers can be held to (`strict` tools, `output_config.format`):
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations. Objects are closed,
 * bounds on numbers, lengths and patterns are not known there. They are told in words; the engine checks them anyway.
 */
export interface StrictSchema {
  readonly schema: { readonly [keyword: string]: unknown };
  /** Members that may be left out, and places with several types: a request may have 24 and 16 of them. */
  readonly optional: number;
  readonly unions: number;
}

/** Schemas are the playbook's and the catalog's own words; more than this is not read for a form that only helps. */
const MAX_NODES = 500;

const FORMATS: ReadonlySet<string> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]);

/** What is told in words. */
const TOLD = [
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern',
  'format',
  'default',
  'examples',
] as const;

/**
 * The strict form of an object's schema; `undefined` where there is none that lets through everything the schema does and
 * that a model may need to say: maps with any keys, values of any type, references in a circle.
 */
export function strictSchema(root: JsonSchema): StrictSchema | undefined {
  let nodes = 0;
  let optional = 0;
  let unions = 0;

  const all = (schemas: readonly JsonSchema[], within: readonly string[]): Taken[] | undefined => {
    const taken = schemas.map((schema) => take(schema, within));
    const there = taken.filter((one) => one !== undefined);
    return there.length === taken.length ? there : undefined;
  };

  const take = (schema: JsonSchema, within: readonly string[]): Taken | undefined => {
    if (++nodes > MAX_NODES) return undefined;
    if (schema.$ref !== undefined) return takeReference(schema, schema.$ref, within);
    const variants = schema.anyOf ?? schema.oneOf;
    if (variants !== undefined) {
      if (schema.properties || schema.items || schema.type !== undefined) return undefined;
      const anyOf = all(variants, within);
      unions++;
      return anyOf && described(schema, { anyOf }, []);
    }
    if (schema.const !== undefined)
      return isPlain(schema.const) ? described(schema, { const: schema.const }, []) : undefined;
    if (schema.enum !== undefined) {
      const plain = schema.enum.length > 0 && schema.enum.every(isPlain);
      return plain ? described(schema, { enum: schema.enum }, []) : undefined;
    }
    if (Array.isArray(schema.type)) {
      const types: readonly string[] = schema.type;
      const { description, ...rest } = schema;
      const anyOf = all(
        types.map((type) => ({ ...rest, type })),
        within,
      );
      unions++;
      return anyOf && described(description === undefined ? {} : { description }, { anyOf }, []);
    }
    switch (schema.type) {
      case 'object':
        return takeObject(schema, within);
      case 'array': {
        const items = schema.items && take(schema.items, within);
        if (!items) return undefined;
        const kept = schema.minItems === 0 || schema.minItems === 1;
        return described(
          schema,
          { type: 'array', items, ...(kept ? { minItems: schema.minItems } : {}) },
          TOLD.filter((keyword) => !(kept && keyword === 'minItems')),
        );
      }
      case 'string': {
        const kept = schema.format !== undefined && FORMATS.has(schema.format);
        return described(
          schema,
          { type: 'string', ...(kept ? { format: schema.format } : {}) },
          TOLD.filter((keyword) => !(kept && keyword === 'format')),
        );
      }
      case 'integer':
      case 'number':
      case 'boolean':
      case 'null':
        return described(schema, { type: schema.type }, TOLD);
      default:
        return undefined;
    }
  };

  const takeObject = (schema: JsonSchema, within: readonly string[]): Taken | undefined => {
    const members = Object.entries(schema.properties ?? {});
    const open = schema.additionalProperties;
    if (open !== undefined && open !== false) return undefined;
    if (members.length === 0 && open !== false) return undefined;
    const required = schema.required ?? [];
    if (required.some((name) => !members.some(([member]) => member === name))) return undefined;
    const taken = members.map(([name, member]) => [name, take(member, within)] as const);
    if (taken.some(([, member]) => member === undefined)) return undefined;
    optional += members.filter(([name]) => !required.includes(name)).length;
    const properties = Object.fromEntries(taken);
    return described(schema, { type: 'object', properties, required, additionalProperties: false }, TOLD);
  };

  const takeReference = (schema: JsonSchema, reference: string, within: readonly string[]): Taken | undefined => {
    const name = /^#\/\$defs\/([^/~%]+)$/.exec(reference)?.[1];
    const found = name !== undefined && Object.hasOwn(root.$defs ?? {}, name) ? root.$defs?.[name] : undefined;
    if (name === undefined || found === undefined || within.includes(name)) return undefined;
    const { description } = schema;
    return take({ ...found, ...(description === undefined ? {} : { description }) }, [...within, name]);
  };

  const schema = root.type === 'object' ? take(root, []) : undefined;
  return schema && { schema, optional, unions };
}

type Taken = { readonly [keyword: string]: unknown };

/** The strict keywords with what the schema says in words, and what of it can only be said so. */
function described(schema: JsonSchema, keywords: Taken, told: readonly (typeof TOLD)[number][]): Taken {
  const rest = told.flatMap((keyword) => {
    const value = schema[keyword];
    return value === undefined ? [] : [`${keyword}: ${JSON.stringify(value)}`];
  });
  const words = [schema.description ?? '', rest.length === 0 ? '' : `(${rest.join(', ')})`].filter(
    (part) => part !== '',
  );
  return words.length === 0 ? keywords : { ...keywords, description: words.join(' ') };
}

function isPlain(value: Json): boolean {
  return value === null || typeof value !== 'object';
}
