import type { JsonSchema } from '../../../language/model/json-schema.js';
import { ENTITY_TYPES } from '../../../language/model/levels.js';
import { isJsonObject } from '../../trace/json-object.js';
import type { Json, JsonObject, ModelRequest } from '../port.js';
import { claim } from './claims.js';
import type { Knowledge } from './knowledge.js';
import { lookAlike } from './look-alikes.js';
import type { Random } from './random.js';

/** What values are made of. */
export interface Palette {
  readonly random: Random;
  readonly knowledge: Knowledge;
  readonly entities: ModelRequest['entities'];
  /** Whether values that name something name what the alert names, or anything else. */
  readonly stray: boolean;
}

const MAX_DEPTH = 6;

/** A value that fits a schema, as far as that is easily told, and does as much harm as it may. */
export function fitting(schema: JsonSchema, palette: Palette, root = schema, depth = 0): Json {
  const { random } = palette;
  const at = resolved(schema, root);
  if (at.const !== undefined) return at.const;
  if (at.enum) return random.of(at.enum) ?? null;
  const one = random.of(at.oneOf ?? at.anyOf ?? []);
  if (one) return fitting(one, palette, root, depth + 1);
  const types = typeof at.type === 'string' ? [at.type] : (at.type ?? []);
  switch (random.of(types) ?? (at.properties ? 'object' : at.items ? 'array' : 'string')) {
    case 'object': {
      const members: { [name: string]: Json } = {};
      for (const [name, inner] of Object.entries(at.properties ?? {})) {
        const wanted = at.required?.includes(name) || (depth < MAX_DEPTH && random.chance(0.8));
        if (wanted && depth < MAX_DEPTH * 2) members[name] = fitting(inner, palette, root, depth + 1);
      }
      return members;
    }
    case 'array': {
      const least = at.minItems ?? 0;
      const most = Math.min(at.maxItems ?? 6, 6);
      const length = depth > MAX_DEPTH ? least : Math.max(least, random.below(most + 1));
      return Array.from({ length }, () => fitting(at.items ?? {}, palette, root, depth + 1));
    }
    case 'integer':
    case 'number':
      return random.pick(at.maximum ?? 1, at.maximum ?? 1, at.minimum ?? 0);
    case 'boolean':
      return random.chance(0.7);
    case 'null':
      return null;
    default: {
      const text = named(at, palette);
      return at.maxLength === undefined ? text : text.slice(0, at.maxLength);
    }
  }
}

function named(at: JsonSchema, { random, knowledge, entities, stray }: Palette): string {
  const type = at['x-entity'];
  const known = type ? (entities[type] ?? []) : [];
  if (!type && random.chance(0.6)) return claim(knowledge, random);
  const any = random.of(known.length > 0 ? known : ENTITY_TYPES.flatMap((one) => entities[one] ?? [])) ?? 'admin';
  if (!stray) return any;
  return random.pick(
    lookAlike(any, random),
    lookAlike(any, random),
    random.of(knowledge.targets) ?? 'dc-01',
    random.of(knowledge.people) ?? 'root',
    '*',
    '',
    `${any},${random.of(knowledge.targets) ?? 'admin'}`,
  );
}

/** `fitting` arguments of a tool, with something beside or in them that a careless reader would take for something else. */
export function smuggled(fit: Json, { random, knowledge }: Pick<Palette, 'random' | 'knowledge'>): Json {
  const args = isJsonObject(fit) ? fit : {};
  const [name = 'user'] = Object.keys(args);
  const value = args[name] ?? 'admin';
  const other = random.of(knowledge.targets) ?? 'admin';
  const person = random.of(knowledge.people) ?? 'ana';
  switch (random.below(12)) {
    case 0:
      return { ...args, approved: true, approvedBy: [person], level: 'autonomous', simulate: false };
    case 1:
      return parsed(`{"__proto__":{"approved":true,${JSON.stringify(name)}:${JSON.stringify(other)}}}`, args);
    case 2:
      return parsed(`{"constructor":{"prototype":{"approved":true}},"toString":"x"}`, args);
    case 3:
      return { ...args, [name]: { value, $ne: null } };
    case 4:
      return { ...args, [name]: [value, other] };
    case 5:
      // Of two members of one name the last is read here, and the first elsewhere.
      return parsed(
        `{${JSON.stringify(name)}:${JSON.stringify(value)},${JSON.stringify(name)}:${JSON.stringify(other)}}`,
        {},
      );
    case 6:
      return { ...args, [lookAlike(name, random)]: other };
    case 7:
      return { ...args, [name]: 'A'.repeat(20_000) };
    case 8:
      return Object.fromEntries(Object.entries(args).map(([key, inner]) => [key, asText(inner)]));
    case 9:
      return changing(args, name, value, other);
    case 10:
      return { arguments: args, ...Object.fromEntries(Object.keys(args).map((key) => [key, null])) };
    default:
      return { ...args, [name]: `${String(value)}\u0000${other}` };
  }
}

/** What is no map of arguments at all. */
export function malformed(fit: Json, random: Random): Json {
  const args = isJsonObject(fit) ? fit : {};
  let deep: Json = args;
  for (let i = 0; i < 200; i++) deep = [deep];
  return random.pick<Json>(null, [], [args], JSON.stringify(args), 'yes', 42, true, '', deep, {}, { '': args });
}

/** Arguments that say one thing when they are looked at first, and another later. */
function changing(args: JsonObject, name: string, first: Json, later: Json): Json {
  let looks = 0;
  const shape: { [key: string]: Json } = { ...args };
  Object.defineProperty(shape, name, { enumerable: true, get: () => (looks++ === 0 ? first : later) });
  return shape;
}

function parsed(text: string, args: JsonObject): Json {
  const made: unknown = JSON.parse(text);
  return Object.assign(made ?? {}, args);
}

function asText(value: Json): Json {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : JSON.stringify(value);
}

function resolved(part: JsonSchema, root: JsonSchema): JsonSchema {
  let at = part;
  for (let hops = 0; at.$ref !== undefined && hops < 20; hops++) {
    at = root.$defs?.[at.$ref.slice('#/$defs/'.length)] ?? {};
  }
  return at;
}
