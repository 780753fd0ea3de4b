import type { Json } from '../protocol/trace.js';
import { orderedJson } from '../trace/canonical.js';
import { isJsonObject } from '../trace/json-object.js';
import { findPersonal } from '../trace/personal.js';
import { ipVersion } from './ip-address.js';
import { mapWritten } from './map-written.js';
import { type FoundValue, isReservedDomain, type ReviewedType } from './personal-values.js';

/** Replaces values by made-up ones, the same everywhere. */
export interface Pseudonyms {
  /** Each value with what stands in its stead, in the order they were given. */
  readonly made: readonly (FoundValue & { readonly instead: string })[];
  text(text: string): string;
  /** Of a value, texts and the names of members that hold more than a plain word. */
  json(value: Json): Json;
  /** Of JSON or JSON lines as they are written: nothing else changes, and what `json` keeps is kept. */
  written(json: string): string;
  /** Names of members, which are not changed because a format may know them, that hold a value. */
  keptNames(value: Json): readonly string[];
}

/**
 * Made-up values for values, in the order they are given: numbered people, domains under `.example` (RFC 2606), addresses of
 * 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 (RFC 5737), 198.18.0.0/15 (RFC 2544) and 2001:db8::/32 (RFC 3849), numbers
 * 555-0100 to 555-0199. None is a value that is to be replaced. A user keeps one name in all addresses.
 */
export function pseudonymsFor(values: readonly FoundValue[]): Pseudonyms {
  const taken = new Set(values.map(({ value }) => folded(value)));
  const instead = new Map<string, string>();
  const counts = new Map<string, number>();
  const next = (kind: string, make: (number: number) => string): string => {
    for (;;) {
      const number = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, number);
      const made = make(number);
      if (taken.has(folded(made))) continue;
      taken.add(folded(made));
      return made;
    }
  };
  const give = (value: string, make: () => string): string => {
    const known = instead.get(folded(value));
    if (known !== undefined) return known;
    const made = make();
    instead.set(folded(value), made);
    return made;
  };
  const of = (type: ReviewedType) => values.filter((one) => one.type === type);
  for (const { value } of of('user')) if (!value.includes('@')) give(value, () => next('user', (n) => `user-${n}`));
  for (const { value } of of('domain')) give(value, () => next('domain', (n) => `org-${n}.example`));
  for (const { value } of values.filter((one) => one.value.includes('@'))) {
    const at = value.lastIndexOf('@');
    const [local, domain] = [value.slice(0, at), value.slice(at + 1)];
    const place = isReservedDomain(domain) ? domain : (instead.get(folded(domain)) ?? 'org.example');
    const known = instead.get(folded(local));
    const alike = known === undefined ? undefined : `${known}@${place}`;
    give(value, () =>
      alike !== undefined && !taken.has(folded(alike)) ? alike : next('email', (n) => `mailbox-${n}@${place}`),
    );
  }
  for (const { value } of of('ip')) give(value, () => (ipVersion(value) === 6 ? next('ip6', ip6) : next('ip4', ip4)));
  for (const { value } of of('name')) give(value, () => next('name', (n) => `Person ${n}`));
  for (const { value } of of('phone')) give(value, () => next('phone', phone));
  for (const { value } of of('id')) give(value, () => next('id', (n) => `id-${n}`));

  const find = findPersonal(values.map(({ value }) => ({ type: 'user' as const, value })));
  const text = (given: string): string => {
    const whole = instead.get(folded(given));
    // What the pattern of `find` folds and `folded` does not is a name all the same.
    return whole ?? find(given, ({ value }) => instead.get(folded(value)) ?? 'somebody');
  };
  const mapped = (value: Json): Json => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map((item: Json) => mapped(item));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [PLAIN_NAME.test(name) ? name : text(name), mapped(inner)]),
    );
  };
  const keptNames = (value: Json): readonly string[] => {
    if (Array.isArray(value)) return value.flatMap((item: Json) => keptNames(item));
    if (!isJsonObject(value)) return [];
    return Object.entries(value).flatMap(([name, inner]) => [
      ...(PLAIN_NAME.test(name) && text(name) !== name ? [name] : []),
      ...keptNames(inner),
    ]);
  };
  return {
    made: values.map((one) => ({ ...one, instead: text(one.value) })),
    text,
    // In the order of the canonical form, as everything of a trace is.
    json: (value) => mapped(orderedJson(value, (one) => one)),
    written: (json) =>
      mapWritten(json, (given, { isName }) => (isName && PLAIN_NAME.test(given) ? given : text(given))),
    keptNames,
  };
}

/** What a format may know a member by. */
const PLAIN_NAME = /^[a-z_][a-z0-9_-]*$/i;

function folded(text: string): string {
  return text.toLowerCase();
}

const BLOCKS = ['192.0.2', '198.51.100', '203.0.113'];

function ip4(number: number): string {
  const at = number - 1;
  const block = BLOCKS[Math.floor(at / 254)];
  if (block !== undefined) return `${block}.${(at % 254) + 1}`;
  const left = at - BLOCKS.length * 254;
  return `198.${18 + (Math.floor(left / 65_536) % 2)}.${Math.floor(left / 256) % 256}.${left % 256}`;
}

function ip6(number: number): string {
  return `2001:db8::${number.toString(16)}`;
}

function phone(number: number): string {
  return number <= 100 ? `555-01${String(number - 1).padStart(2, '0')}` : `phone-${number}`;
}
