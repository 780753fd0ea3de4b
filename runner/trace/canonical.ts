import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Json } from '../protocol/trace.js';
import { MAX_DEPTH } from './limits.js';

/**
 * The canonical JSON (RFC 8785) of a value. The value must be JSON as `plainJson` makes it: a lone surrogate, a number
 * that is not finite, or nesting without bound is a bug of the caller and throws.
 */
export function canonical(value: unknown): string {
  // RFC 8785 writes values as `JSON.stringify` does; what it adds is the order of members and what is no JSON.
  if (isOrdered(value)) {
    const plain = JSON.stringify(value);
    if (!plain.includes('\\ud')) return plain;
  }
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('Only JSON has a canonical form.');
  return text;
}

/**
 * Whether a value is JSON whose members all come in the order of RFC 8785, that of their UTF-16 code units. Those that
 * look like whole numbers come first in JavaScript, which may or may not be that order.
 */
export function isOrdered(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object': {
      if (value === null) return true;
      if (Array.isArray(value)) return value.every(isOrdered);
      let last: string | undefined;
      for (const [member, inner] of Object.entries(value)) {
        if ((last !== undefined && member <= last) || !isOrdered(inner)) return false;
        last = member;
      }
      return !('toJSON' in value);
    }
    default:
      return false;
  }
}

/** `sha256:<hex>` of the UTF-8 bytes of a text. */
export function sha256(text: string | Uint8Array): string {
  return `sha256:${hash('sha256', text)}`;
}

/** `sha256:<hex>` of the canonical JSON of a value. */
export function digestOf(value: unknown): string {
  return sha256(canonical(value));
}

/**
 * A copy of any value as JSON that has a canonical form, for what comes from models and tools: objects without a
 * prototype, lone surrogates replaced by U+FFFD, numbers that are not finite, functions and anything nested deeper than
 * `MAX_DEPTH` replaced by `null`, absent members left out. Never throws for data that `JSON.parse` can make.
 */
export function plainJson(value: unknown): Json {
  return copy(value, (text) => text, 0, undefined, false);
}

type MapString = (text: string, key: string | undefined) => string;

/**
 * As `plainJson`, with every string value passed through `map`, which is given the key it stands under. Its objects are
 * ordinary ones with their members in order: that is quick to write down.
 */
export function orderedJson(value: unknown, map: MapString): Json {
  return copy(value, map, 0, undefined, true);
}

function copy(value: unknown, map: MapString, depth: number, key: string | undefined, ordered: boolean): Json {
  switch (typeof value) {
    case 'string':
      return map(wellFormed(value), key);
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'boolean':
      return value;
    case 'object': {
      if (value === null || depth >= MAX_DEPTH) return null;
      if (Array.isArray(value)) return value.map((item) => copy(item, map, depth + 1, key, ordered));
      const entries: [string, Json][] = [];
      for (const [member, inner] of Object.entries(value)) {
        if (inner === undefined || typeof inner === 'function') continue;
        entries.push([map(wellFormed(member), undefined), copy(inner, map, depth + 1, member, ordered)]);
      }
      return ordered ? orderedObject(entries) : bareObject(entries);
    }
    default:
      return null;
  }
}

function bareObject(entries: readonly (readonly [string, Json])[]): Json {
  const out: { [member: string]: Json } = Object.create(null);
  for (const [member, inner] of entries) out[member] = inner;
  return out;
}

function orderedObject(entries: [string, Json][]): Json {
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const out: { [member: string]: Json } = {};
  for (const [member, inner] of entries) {
    if (member !== '__proto__') out[member] = inner;
    else Object.defineProperty(out, member, { value: inner, enumerable: true, configurable: true, writable: true });
  }
  return out;
}

/** The text with every lone surrogate replaced by U+FFFD. */
export function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? text.replace(/\p{Surrogate}/gu, '�') : text;
}
