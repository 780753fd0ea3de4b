import { STEP_KINDS } from '../model/playbook.js';
import type { Json, Node } from '../syntax/tree.js';
import { entryOf } from '../syntax/tree.js';

/** A JSON Schema as parsed from `schemas/`: any keyword may be there. */
export interface RawSchema {
  readonly [keyword: string]: unknown;
}

/** What a schema says about one place, with `$ref`, `allOf` and conditions already resolved. */
export interface SchemaView {
  readonly description: string | undefined;
  /** JSON types it admits; empty when it does not say. */
  readonly types: readonly string[];
  readonly enum: readonly Json[] | undefined;
  readonly enumDescriptions: { readonly [value: string]: string };
  readonly properties: { readonly [key: string]: RawSchema };
  readonly required: readonly string[];
  /** Schema of keys that `properties` does not name. */
  readonly additional: RawSchema | undefined;
  readonly items: RawSchema | undefined;
  readonly default: Json | undefined;
  readonly examples: readonly Json[];
  /** What a text must match. */
  readonly pattern: string | undefined;
  /** `x-keys`: the keys that `properties` does not name are names of these. */
  readonly keys: string | undefined;
  /** `x-reference`: the value names one of these. */
  readonly reference: string | undefined;
  /** `x-declares`: the value gives a name to one of these. */
  readonly declares: string | undefined;
  /** `x-expression`: the value is a CEL expression. */
  readonly expression: boolean;
  /** `x-template`: the value, or what is in it, may hold `${{ }}`. */
  readonly template: boolean;
  /** `x-entity`: the type of security entity the value names. */
  readonly entity: string | undefined;
}

/**
 * The ways `schema` can be read at `node`: one when the node's shape decides (a step by the key that names its kind, a
 * handler by being a word, a list or a map), several while it is still open.
 */
export function viewsOf(schema: RawSchema, root: RawSchema, node: Node | undefined): SchemaView[] {
  return flatten(schema, root, node, 0).map(toView);
}

/** Deep enough for every `$ref` chain in `schemas/`; a cycle without progress ends here. */
const MAX_DEPTH = 16;

function flatten(schema: RawSchema, root: RawSchema, node: Node | undefined, depth: number): RawSchema[] {
  if (depth > MAX_DEPTH) return [];
  const { $ref, allOf, oneOf, anyOf, if: condition, then, else: otherwise, ...own } = schema;
  let found: RawSchema[] = [own];
  const combine = (others: readonly RawSchema[]): void => {
    if (others.length > 0) found = found.flatMap((left) => others.map((right) => merge(right, left)));
  };
  if (typeof $ref === 'string') {
    const target = resolve($ref, root);
    if (target) combine(flatten(target, root, node, depth + 1));
  }
  for (const part of recordsOf(allOf)) combine(flatten(part, root, node, depth + 1));
  for (const list of [oneOf, anyOf]) {
    const parts = alternativesFor(recordsOf(list), root, node);
    combine(parts.flatMap((part) => flatten(part, root, node, depth + 1)));
  }
  if (isRecord(condition)) {
    const holds = matchesType(condition, node);
    const branches = [holds === false ? undefined : then, holds === true ? undefined : otherwise].filter(isRecord);
    combine(branches.flatMap((branch) => flatten(branch, root, node, depth + 1)));
  }
  return found;
}

/** The alternatives that remain when the node already names a step kind. */
function alternativesFor(parts: readonly RawSchema[], root: RawSchema, node: Node | undefined): readonly RawSchema[] {
  if (node?.kind !== 'map' || parts.length === 0) return parts;
  const kind = STEP_KINDS.find((name) => entryOf(node, name));
  if (kind === undefined) return parts;
  const named = parts.filter((part) => {
    const target = typeof part.$ref === 'string' ? resolve(part.$ref, root) : part;
    return Array.isArray(target?.required) && target.required.includes(kind);
  });
  return named.length > 0 ? named : parts;
}

/** Whether a node satisfies an `if: {type}`; `undefined` while there is no node to tell. */
function matchesType(condition: RawSchema, node: Node | undefined): boolean | undefined {
  if (node === undefined || typeof condition.type !== 'string') return undefined;
  switch (node.kind) {
    case 'map':
      return condition.type === 'object';
    case 'list':
      return condition.type === 'array';
    case 'scalar':
      // An empty scalar is a value still to be typed: nothing is decided yet.
      if (node.value === null) return undefined;
      return condition.type === (typeof node.value === 'string' ? 'string' : typeof node.value);
  }
}

function merge(base: RawSchema, over: RawSchema): RawSchema {
  const merged: { [keyword: string]: unknown } = { ...base, ...over };
  if (isRecord(base.properties) && isRecord(over.properties)) {
    // The schema that names the kind comes before what all kinds share.
    merged.properties = { ...over.properties, ...base.properties, ...over.properties };
  }
  if (Array.isArray(base.required) && Array.isArray(over.required)) {
    merged.required = [...new Set([...over.required, ...base.required])];
  }
  return merged;
}

function toView(schema: RawSchema): SchemaView {
  const types = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
  const properties: { [key: string]: RawSchema } = Object.create(null);
  for (const [key, value] of Object.entries(isRecord(schema.properties) ? schema.properties : {})) {
    if (isRecord(value)) properties[key] = value;
  }
  return {
    description: textOf(schema.description),
    types: types.filter((type) => typeof type === 'string'),
    enum: Array.isArray(schema.enum) ? schema.enum : schema.const === undefined ? undefined : constOf(schema.const),
    enumDescriptions: textsOf(schema['x-enum-descriptions']),
    properties,
    required: Array.isArray(schema.required) ? schema.required.filter((key) => typeof key === 'string') : [],
    additional: isRecord(schema.additionalProperties) ? schema.additionalProperties : undefined,
    items: isRecord(schema.items) ? schema.items : undefined,
    default: jsonOf(schema.default),
    examples: Array.isArray(schema.examples) ? schema.examples : [],
    pattern: textOf(schema.pattern),
    keys: textOf(schema['x-keys']),
    reference: textOf(schema['x-reference']),
    declares: textOf(schema['x-declares']),
    expression: schema['x-expression'] === true,
    template: schema['x-template'] === true,
    entity: textOf(schema['x-entity']),
  };
}

function constOf(value: unknown): readonly Json[] {
  const json = jsonOf(value);
  return json === undefined ? [] : [json];
}

function jsonOf(value: unknown): Json | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsOf(value: unknown): { readonly [key: string]: string } {
  const out: { [key: string]: string } = Object.create(null);
  for (const [key, text] of Object.entries(isRecord(value) ? value : {})) if (typeof text === 'string') out[key] = text;
  return out;
}

function resolve(reference: string, root: RawSchema): RawSchema | undefined {
  let at: unknown = root;
  for (const part of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    at = isRecord(at) && Object.hasOwn(at, part) ? at[part] : undefined;
  }
  return isRecord(at) ? at : undefined;
}

function recordsOf(value: unknown): RawSchema[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is RawSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
