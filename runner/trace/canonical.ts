import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Json } from '../protocol/trace.js';
import { MAX_DEPTH } from './limits.js';

/**
 * The canonical JSON (RFC 8785) of a value. The value must be JSON as `plainJson` makes it: a lone surrogate, a number
 * that is not finite, or nesting without bound is a bug of the caller and throws.
 */
export function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('Only JSON has a canonical form.');
  return text;
}

/** `sha256:<hex>` of the UTF-8 bytes of a text. */
export function sha256(text: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** `sha256:<hex>` of the canonical JSON of a value. */
export function digestOf(value: unknown): string {
  return sha256(canonical(value));
}

/**
 * A copy of any value as JSON that has a canonical form, for what comes from models and tools: objects without a
 * prototype and with members in canonical order (so that a value is the same to everybody after it went through a trace), lone surrogates replaced by U+FFFD, numbers that are not finite, functions and anything nested deeper than
 * `MAX_DEPTH` replaced by `null`, absent members left out. Never throws for data that `JSON.parse` can make.
 */
export function plainJson(value: unknown): Json {
  return mapStrings(value, (text) => text, 0);
}

/** As `plainJson`, with every string value passed through `map`, which is given the key it stands under. */
export function mapStrings(value: unknown, map: (text: string, key: string | undefined) => string, depth = 0): Json {
  return copy(value, map, depth, undefined);
}

function copy(
  value: unknown,
  map: (text: string, key: string | undefined) => string,
  depth: number,
  key: string | undefined,
): Json {
  switch (typeof value) {
    case 'string':
      return map(wellFormed(value), key);
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'boolean':
      return value;
    case 'object': {
      if (value === null || depth >= MAX_DEPTH) return null;
      if (Array.isArray(value)) return value.map((item) => copy(item, map, depth + 1, key));
      const out: { [member: string]: Json } = Object.create(null);
      for (const [member, inner] of Object.entries(value).sort(byName)) {
        if (inner === undefined || typeof inner === 'function') continue;
        out[map(wellFormed(member), undefined)] = copy(inner, map, depth + 1, member);
      }
      return out;
    }
    default:
      return null;
  }
}

/** As canonical JSON orders members: by UTF-16 code units. */
function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The text with every lone surrogate replaced by U+FFFD. */
export function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? text.replace(/\p{Surrogate}/gu, '�') : text;
}
