import type { Json } from '../syntax/tree.js';

/** Values at a path of {@link AlertFormat}: texts and numbers as text, in order; none for null, empty texts and what is not there. */
export function valuesAt(source: Json, path: string): readonly string[] {
  if (path === '') return leaves(source);
  if (isList(source)) return source.flatMap((item) => valuesAt(item, path));
  if (typeof source !== 'object' || source === null) return [];
  // A name may have dots in it, so every way to split the path is tried, the longest name first.
  const ends = [...path.matchAll(/\.|$/g)].map(({ index }) => index).reverse();
  return ends.flatMap((end) => {
    const [, name = '', filter, wanted] = /^([^[\]]+)(?:\[(\w+)=(\w+)\])?$/.exec(path.slice(0, end)) ?? [];
    const inner = name !== '' && Object.hasOwn(source, name) ? source[name] : undefined;
    if (inner === undefined) return [];
    const rest = path.slice(end + 1);
    if (filter === undefined) return valuesAt(inner, rest);
    const items = isList(inner) ? inner : [inner];
    return items.filter((item) => valuesAt(item, filter)[0] === wanted).flatMap((item) => valuesAt(item, rest));
  });
}

/** The first value that one of several paths leads to. */
export function firstAt(source: Json, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const [value] = valuesAt(source, path);
    if (value !== undefined) return value;
  }
  return undefined;
}

function leaves(value: Json): readonly string[] {
  if (isList(value)) return value.flatMap(leaves);
  if (typeof value === 'string') return value === '' ? [] : [value];
  return typeof value === 'number' ? [String(value)] : [];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
