import type { Json } from '../syntax/tree.js';
import { ENTITY_TYPES, type EntityType } from './levels.js';

/** The member of `alert.entities` that holds entities of a type: `alert.entities.users`. */
export const ENTITY_MEMBERS = {
  host: 'hosts',
  user: 'users',
  ip: 'ips',
  domain: 'domains',
  url: 'urls',
  file: 'files',
  email: 'emails',
  process: 'processes',
  case: 'cases',
  rule: 'rules',
} as const satisfies { [T in EntityType]: string };

/**
 * OCSF observable `type_id` to entity type (OCSF 1.6 dictionary, object `observable`): 1 Hostname, 2 IP Address, 4 User
 * Name, 5 Email Address, 6 URL String, 7 File Name, 8 Hash, 9 Process Name, 10 Resource UID, 20 Endpoint, 21 User,
 * 22 Email, 23 URL, 24 File, 25 Process, 45 File Path.
 */
const OBSERVABLE_TYPES: ReadonlyMap<number, EntityType> = new Map([
  [1, 'host'], [20, 'host'], [2, 'ip'], [4, 'user'], [21, 'user'], [5, 'email'], [22, 'email'], [6, 'url'], [23, 'url'],
  [7, 'file'], [8, 'file'], [24, 'file'], [45, 'file'], [9, 'process'], [25, 'process'],
]); // biome-ignore format: a table

/**
 * The typed entities of an OCSF finding: its `observables`, in order, without repeats. Only observables count: they are
 * what the detection itself names, where other fields may hold text an attacker chose. A hostname observable whose name
 * says it is a domain (`...domain`) counts as a domain, since OCSF has one type for both.
 */
export function alertEntities(alert: Json): { readonly [T in EntityType]?: readonly string[] } {
  const found = new Map<EntityType, Set<string>>();
  const observables = isObject(alert) && Array.isArray(alert.observables) ? alert.observables : [];
  for (const observable of observables) {
    if (!isObject(observable) || typeof observable.value !== 'string' || observable.value === '') continue;
    const type = typeof observable.type_id === 'number' ? OBSERVABLE_TYPES.get(observable.type_id) : undefined;
    if (!type) continue;
    const named = typeof observable.name === 'string' ? observable.name : '';
    const entity = type === 'host' && /(^|[._])domain$/.test(named) ? 'domain' : type;
    const values = found.get(entity) ?? new Set();
    values.add(observable.value);
    found.set(entity, values);
  }
  const out: { [T in EntityType]?: readonly string[] } = {};
  for (const type of ENTITY_TYPES) {
    const values = found.get(type);
    if (values) out[type] = [...values];
  }
  return out;
}

/** The alert as expressions see it: its own fields, and `entities` with a list for every type, empty where none. */
export function alertValue(alert: Json): Json {
  const entities = alertEntities(alert);
  const lists: { [member: string]: readonly string[] } = {};
  for (const type of ENTITY_TYPES) lists[ENTITY_MEMBERS[type]] = entities[type] ?? [];
  return { ...(isObject(alert) ? alert : {}), entities: lists };
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
