import type { JsonSchema } from '../model/json-schema.js';
import { ENTITY_TYPES, type EntityType } from '../model/levels.js';
import type { Json } from '../syntax/tree.js';

/** The type of a value an expression reads or makes. */
export type ValueType =
  /** Nothing is known; anything goes. */
  | { readonly kind: 'any' }
  | { readonly kind: 'null' }
  | { readonly kind: 'bool' }
  | { readonly kind: 'int' }
  | { readonly kind: 'number' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'duration' }
  /** `values`: the only ones it can have. `entity`: what the value names. */
  | { readonly kind: 'string'; readonly values?: readonly string[]; readonly entity?: EntityType }
  | { readonly kind: 'list'; readonly items: ValueType }
  /** `open`: other members may be there, of any type. */
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, Member>; readonly open: boolean }
  | { readonly kind: 'union'; readonly options: readonly ValueType[] };

export interface Member {
  /** Worked out when first asked for: schemas may refer to themselves. */
  readonly type: ValueType;
  readonly required: boolean;
  readonly description: string | undefined;
}

export const ANY: ValueType = { kind: 'any' };
export const BOOL: ValueType = { kind: 'bool' };
export const INT: ValueType = { kind: 'int' };
export const NUMBER: ValueType = { kind: 'number' };
export const STRING: ValueType = { kind: 'string' };

/** The type a JSON Schema describes. `$ref` may point into the schema's own `$defs`; anything else unknown is `any`. */
export function typeFromSchema(schema: JsonSchema, root: JsonSchema = schema, depth = 0): ValueType {
  if (depth > 20) return ANY;
  if (schema.$ref !== undefined) {
    const name = /^#\/\$defs\/([^/]+)$/.exec(schema.$ref)?.[1];
    const target = name !== undefined && root.$defs && Object.hasOwn(root.$defs, name) ? root.$defs[name] : undefined;
    return target ? typeFromSchema(target, root, depth + 1) : ANY;
  }
  const entity = ENTITY_TYPES.find((type) => type === schema['x-entity']);
  if (schema.const !== undefined) return typeOfValues([schema.const], entity);
  if (schema.enum) return typeOfValues(schema.enum, entity);
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives) return union(alternatives.map((one) => typeFromSchema(one, root, depth + 1)));
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  if (types.length > 1) return union(types.map((type) => typeFromSchema({ ...schema, type }, root, depth + 1)));
  switch (types[0] ?? (schema.properties ? 'object' : schema.items ? 'array' : undefined)) {
    case 'string':
      return entity ? { kind: 'string', entity } : STRING;
    case 'integer':
      return INT;
    case 'number':
      return NUMBER;
    case 'boolean':
      return BOOL;
    case 'null':
      return { kind: 'null' };
    case 'array':
      return { kind: 'list', items: schema.items ? typeFromSchema(schema.items, root, depth + 1) : ANY };
    case 'object':
      return { kind: 'object', members: membersOf(schema, root), open: schema.additionalProperties !== false };
    default:
      return ANY;
  }
}

function membersOf(schema: JsonSchema, root: JsonSchema): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  const required = new Set(schema.required ?? []);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    members.set(name, new SchemaMember(property, root, required.has(name), property.description ?? property.title));
  }
  return members;
}

/** An optional member whose type a schema of its own describes. */
export function memberFromSchema(schema: JsonSchema, description: string): Member {
  return new SchemaMember(schema, schema, false, description);
}

/** A class, as there are thousands: each object with a getter of its own has a layout of its own. */
class SchemaMember implements Member {
  readonly required: boolean;
  readonly description: string | undefined;
  readonly #schema: JsonSchema;
  readonly #root: JsonSchema;
  #type: ValueType | undefined;

  constructor(schema: JsonSchema, root: JsonSchema, required: boolean, description: string | undefined) {
    this.required = required;
    this.description = description;
    this.#schema = schema;
    this.#root = root;
  }

  get type(): ValueType {
    this.#type ??= typeFromSchema(this.#schema, this.#root);
    return this.#type;
  }
}

function typeOfValues(values: readonly Json[], entity: EntityType | undefined): ValueType {
  const texts = values.filter((value) => typeof value === 'string');
  const string: ValueType[] =
    texts.length > 0 ? [{ kind: 'string', values: texts, ...(entity ? { entity } : {}) }] : [];
  return union([...string, ...values.filter((value) => typeof value !== 'string').map(typeOfJson)]);
}

/** The type of a value as it is. */
export function typeOfJson(value: Json): ValueType {
  if (value === null) return { kind: 'null' };
  switch (typeof value) {
    case 'string':
      return { kind: 'string', values: [value] };
    case 'boolean':
      return BOOL;
    case 'number':
      return Number.isInteger(value) ? INT : NUMBER;
    case 'object':
      if (isList(value)) return { kind: 'list', items: union(value.map(typeOfJson)) };
      return {
        kind: 'object',
        members: new Map(
          Object.entries(value).map(([name, member]) => [
            name,
            { type: typeOfJson(member), required: true, description: undefined },
          ]),
        ),
        open: false,
      };
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** One type for values of several; `any` for none or when one of them is. */
export function union(types: readonly ValueType[]): ValueType {
  const flat = types.flatMap((type) => (type.kind === 'union' ? type.options : [type]));
  const first = flat[0];
  if (!first || flat.some((type) => type.kind === 'any')) return ANY;
  const strings = flat.filter((type) => type.kind === 'string');
  const options: ValueType[] = [];
  if (strings.length > 0) {
    const values = strings.every((type) => type.values)
      ? [...new Set(strings.flatMap((type) => type.values ?? []))]
      : undefined;
    const entity = strings.every((type) => type.entity === strings[0]?.entity) ? strings[0]?.entity : undefined;
    options.push({ kind: 'string', ...(values ? { values } : {}), ...(entity ? { entity } : {}) });
  }
  for (const type of flat) {
    if (type.kind === 'string') continue;
    const simple = type.kind !== 'list' && type.kind !== 'object';
    if (!simple || !options.some((other) => other.kind === type.kind)) options.push(type);
  }
  return options.length === 1 ? (options[0] ?? ANY) : { kind: 'union', options };
}

/** The only values a type can have, if they are known: for an exhaustive `switch`. */
export function enumValues(type: ValueType): readonly (string | boolean)[] | undefined {
  if (type.kind === 'bool') return [true, false];
  return type.kind === 'string' ? type.values : undefined;
}

/** Whether every value of `from` is one of `to`. What is not known is given the benefit of the doubt. */
export function isAssignable(from: ValueType, to: ValueType, depth = 0): boolean {
  if (from.kind === 'any' || to.kind === 'any' || depth > 10) return true;
  if (from.kind === 'union') return from.options.every((option) => isAssignable(option, to, depth + 1));
  if (to.kind === 'union') return to.options.some((option) => isAssignable(from, option, depth + 1));
  switch (to.kind) {
    case 'number':
      return from.kind === 'number' || from.kind === 'int';
    case 'string': {
      if (from.kind !== 'string') return false;
      const { values } = to;
      return values === undefined || from.values === undefined || from.values.every((value) => values.includes(value));
    }
    case 'list':
      return from.kind === 'list' && isAssignable(from.items, to.items, depth + 1);
    case 'object': {
      if (from.kind !== 'object') return false;
      for (const [name, member] of to.members) {
        const given = from.members.get(name);
        if (given ? !isAssignable(given.type, member.type, depth + 1) : member.required && !from.open) return false;
      }
      return to.open || from.open || [...from.members.keys()].every((name) => to.members.has(name));
    }
    default:
      return from.kind === to.kind;
  }
}

/** Whether two values could be equal; comparing what never can is a mistake. */
export function mayBeEqual(a: ValueType, b: ValueType): boolean {
  if (a.kind === 'any' || b.kind === 'any') return true;
  if (a.kind === 'union') return a.options.some((option) => mayBeEqual(option, b));
  if (b.kind === 'union') return b.options.some((option) => mayBeEqual(a, option));
  // A member that is not there reads as null in no case, but comparing with null is how people ask.
  if (a.kind === 'null' || b.kind === 'null') return true;
  const numeric = (type: ValueType): boolean => type.kind === 'int' || type.kind === 'number';
  if (numeric(a) && numeric(b)) return true;
  if (a.kind === 'string' && b.kind === 'string') {
    const { values } = b;
    return a.values === undefined || values === undefined || a.values.some((value) => values.includes(value));
  }
  return a.kind === b.kind;
}

/** A type for people: `text`, `one of malicious, benign`, `a list of users`. */
export function describeType(type: ValueType): string {
  switch (type.kind) {
    case 'any':
      return 'anything';
    case 'null':
      return 'null';
    case 'bool':
      return 'true or false';
    case 'int':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'timestamp':
      return 'a point in time';
    case 'duration':
      return 'a duration';
    case 'string':
      if (type.values)
        return type.values.length === 1
          ? `"${type.values[0]}"`
          : `one of ${type.values.map((value) => `"${value}"`).join(', ')}`;
      return type.entity ? `text that names a ${type.entity}` : 'text';
    case 'list':
      return type.items.kind === 'any' ? 'a list' : `a list of ${describeItems(type.items)}`;
    case 'object':
      return 'a map of keys and values';
    case 'union':
      return type.options.map(describeType).join(' or ');
  }
}

/** The same for several values: `whole numbers`, `texts that name a user`. */
function describeItems(type: ValueType): string {
  switch (type.kind) {
    case 'int':
      return 'whole numbers';
    case 'number':
      return 'numbers';
    case 'timestamp':
      return 'points in time';
    case 'duration':
      return 'durations';
    case 'string':
      return type.values ? describeType(type) : type.entity ? `texts that name a ${type.entity}` : 'texts';
    case 'list':
      return type.items.kind === 'any' ? 'lists' : `lists of ${describeItems(type.items)}`;
    case 'object':
      return 'maps';
    case 'union':
      return type.options.map(describeItems).join(' or ');
    case 'any':
    case 'null':
    case 'bool':
      return describeType(type);
  }
}
