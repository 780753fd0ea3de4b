import type { Json } from '../protocol/trace.js';

/** The places that a pattern means in a value: names and `*`, each item of a list. Only those that are there. */
export function placesOf(value: Json | undefined, pattern: readonly string[]): readonly (readonly string[])[] {
  const [first, ...rest] = pattern;
  if (first === undefined) return [[]];
  const names = first === '*' ? (Array.isArray(value) ? [...value.keys()].map(String) : []) : [first];
  return names.flatMap((name) => {
    const inner = memberOf(value, name);
    return inner === undefined ? [] : placesOf(inner, rest).map((path) => [name, ...path]);
  });
}

/** The value at a place, `undefined` where there is none. */
export function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce(memberOf, value);
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (isList(value)) return value[Number(name)];
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A copy with another value at a path that exists. */
export function withAt(value: Json, [first, ...rest]: readonly string[], to: Json): Json {
  if (first === undefined) return to;
  if (isList(value)) return value.map((item, i) => (String(i) === first ? withAt(item, rest, to) : item));
  if (typeof value !== 'object' || value === null) return value;
  return { ...value, [first]: withAt(value[first] ?? null, rest, to) };
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
