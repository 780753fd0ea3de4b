import type { JsonSchema } from '../../language/model/json-schema.js';
import type { Json } from '../protocol/trace.js';
import { isJsonObject } from '../trace/json-object.js';
import { PERSONAL_TYPES } from '../trace/personal.js';
import { ipVersion } from './ip-address.js';

/** What a value says of somebody. `domain`: of an address that is no reserved one, which tells where somebody works. */
export const REVIEWED_TYPES = [...PERSONAL_TYPES, 'name', 'phone', 'id', 'domain'] as const;
export type ReviewedType = (typeof REVIEWED_TYPES)[number];

export interface FoundValue {
  readonly type: ReviewedType;
  readonly value: string;
}

/** Longer texts are no names. */
const LONGEST = 200;

/** Members that name a person in the object `user` of OCSF 1.6, where the schema types them as plain text. */
const OF_USERS: { readonly [member: string]: ReviewedType } = {
  full_name: 'name',
  display_name: 'name',
  phone_number: 'phone',
};
const USER = '#/$defs/user';
const USER_IDS: readonly string[] = ['uid', 'uid_alt'];

/** Values that a schema types as a person's: entities of type user, email and ip, and what OCSF says of users. */
export function typedValues(value: Json, schema: JsonSchema): readonly FoundValue[] {
  return within(value, schema, schema, false, 0);
}

/** References that lead to each other end here; values are never nested as deeply. */
const DEEPEST = 100;

function within(
  value: Json,
  schema: JsonSchema,
  root: JsonSchema,
  isUser: boolean,
  depth: number,
): readonly FoundValue[] {
  if (depth > DEEPEST) return [];
  const { $ref } = schema;
  if ($ref !== undefined) {
    const name = $ref.startsWith('#/$defs/') ? $ref.slice('#/$defs/'.length) : undefined;
    const target = name === undefined ? undefined : root.$defs?.[name];
    return target ? within(value, target, root, $ref === USER, depth + 1) : [];
  }
  const branches = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap((one) =>
    within(value, one, root, isUser, depth + 1),
  );
  if (typeof value === 'string') {
    const type = PERSONAL_TYPES.find((one) => one === schema['x-entity']);
    return type === undefined ? branches : [...branches, ...valued(type, value)];
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    return items
      ? [...branches, ...value.flatMap((item: Json) => within(item, items, root, false, depth + 1))]
      : branches;
  }
  if (!isJsonObject(value)) return branches;
  const members = Object.entries(value).flatMap(([name, inner]) => {
    const own = schema.properties?.[name];
    const extra = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
    const of = isUser && Object.hasOwn(OF_USERS, name) ? OF_USERS[name] : undefined;
    const type = of ?? (isUser && USER_IDS.includes(name) ? ('id' as const) : undefined);
    const said = type !== undefined && typeof inner === 'string' ? valued(type, inner) : [];
    const next = own ?? extra;
    return next ? [...said, ...within(inner, next, root, false, depth + 1)] : said;
  });
  return [...branches, ...members];
}

function valued(type: ReviewedType, value: string): readonly FoundValue[] {
  const text = value.trim();
  return text === '' || text.length > LONGEST || text.includes('\n') ? [] : [{ type, value: text }];
}

/** What columns of event data, and members of what nothing types, are called where they name a person. */
const FIELDS: ReadonlyMap<string, ReviewedType> = new Map([
  ...named('user', 'user users user_name username account account_name login logon upn owner actor principal sender'),
  ...named('user', 'recipient recipients primary_user target_user src_user dest_user on_behalf_of'),
  ...named('name', 'full_name display_name given_name surname first_name last_name'),
  ...named('phone', 'phone phone_number mobile'),
]);

function named(type: ReviewedType, names: string): readonly (readonly [string, ReviewedType])[] {
  return names.split(' ').map((name) => [name, type] as const);
}

/** The value of a member or a column whose name says that it is a person's. */
export function fieldValue(name: string, value: Json): readonly FoundValue[] {
  const type = FIELDS.get(name.toLowerCase());
  if (type === undefined) return [];
  const texts = typeof value === 'string' ? [value] : Array.isArray(value) ? value : [];
  // An address is found as one.
  return texts.flatMap((text: Json) =>
    typeof text === 'string' && !/[@:]/.test(text) && ipVersion(text) === 0 ? valued(type, text) : [],
  );
}

/** No pattern backtracks further than it has read: input is hostile. */
const EMAIL = /(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}\p{N}-]{1,63}/gu;
const IPV4 = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)/g;
const IPV6 = /(?<![\w:.])(?:[\da-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4})(?![\w:]|\.\d)/gi;
/** `Tess Alder <t.alder@corp.example>`, the whole text. */
const MAILBOX = /^\s{0,8}"?([^<>"\n]{3,80})"?\s{0,8}<[^<>\s@]{1,64}@[^<>\s@]{1,255}>\s{0,8}$/u;

/** Addresses in a text, whatever it is, and the name in front of one. */
export function patternValues(text: string): readonly FoundValue[] {
  const found: FoundValue[] = [];
  if (text.includes('@')) {
    for (const [value] of text.matchAll(EMAIL)) found.push({ type: 'email', value });
    const named = MAILBOX.exec(text)?.[1]?.trim();
    if (named !== undefined && named !== '' && !named.includes('@')) found.push({ type: 'name', value: named });
  }
  for (const [value] of text.matchAll(IPV4)) if (ipVersion(value) === 4) found.push({ type: 'ip', value });
  if (text.includes(':')) {
    for (const [value] of text.matchAll(IPV6))
      if (value.length > 2 && ipVersion(value) === 6) found.push({ type: 'ip', value });
  }
  return found;
}

/** What is found in a value that nothing types: by the names of members, and by pattern in every text, keys included. */
export function untypedValues(value: Json): readonly FoundValue[] {
  if (typeof value === 'string') return patternValues(value);
  if (Array.isArray(value)) return value.flatMap((item: Json) => untypedValues(item));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...patternValues(name),
    ...fieldValue(name, inner),
    ...untypedValues(inner),
  ]);
}

/** RFC 2606 and RFC 6761: names under these belong to nobody. */
const RESERVED = /(?:^|\.)(?:example|test|invalid|localhost|example\.(?:com|net|org))$/i;

export function isReservedDomain(domain: string): boolean {
  return RESERVED.test(domain);
}

/** The domain of an address, unless it is nobody's. */
export function domainOf(email: string): readonly FoundValue[] {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return isReservedDomain(domain) ? [] : [{ type: 'domain', value: domain }];
}
