import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Json } from '../protocol/trace.js';
import { MAX_DEPTH, MAX_LINE_DEPTH } from './limits.js';

/**
 * The canonical JSON (RFC 8785) of a value. The value must be JSON as `plainJson` makes it: a lone surrogate, a number
 * that is not finite, or nesting without bound is a bug of the caller and throws.
 */
export function canonical(value: unknown): string {
  // RFC 8785 writes values as `JSON.stringify` does; what it adds is the order of members and what is no JSON.
  const plain = isOrdered(value) ? JSON.stringify(value) : undefined;
  if (plain !== undefined && !plain.includes('\\ud')) return plain;
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('Only JSON has a canonical form.');
  return text;
}

/** Whether a value is JSON, nested no deeper than `MAX_LINE_DEPTH`, whose members all come in the order of RFC 8785. */
export function isOrdered(value: unknown): boolean {
  return membersInOrder(value) >= 0;
}

/**
 * How many members the objects of a value have, if it is JSON nested no deeper than `MAX_LINE_DEPTH` and they all come in the order
 * of RFC 8785, that of their UTF-16 code units; otherwise -1. Names that look like whole numbers come first in JavaScript, which may
 * or may not be that order.
 */
export function membersInOrder(value: unknown, depth = 0): number {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return 0;
    case 'number':
      return Number.isFinite(value) ? 0 : -1;
    case 'object': {
      if (value === null) return 0;
      if (depth >= MAX_LINE_DEPTH) return -1;
      let members = 0;
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i++) {
          const inside = membersInOrder(value[i], depth + 1);
          if (inside < 0) return -1;
          members += inside;
        }
        return members;
      }
      if (!hasMembers(value)) return -1;
      let last: string | undefined;
      for (const member of Object.keys(value)) {
        if (last !== undefined && member <= last) return -1;
        const inside = membersInOrder(value[member], depth + 1);
        if (inside < 0) return -1;
        members += inside + 1;
        last = member;
      }
      return 'toJSON' in value ? -1 : members;
    }
    default:
      return -1;
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
 * prototype and with members in canonical order (so that a value is the same to everybody after it went through a trace), lone surrogates replaced by U+FFFD, numbers that are not finite, functions and anything nested deeper than
 * `MAX_DEPTH` replaced by `null`, absent members left out. Never throws for data that `JSON.parse` can make.
 */
export function plainJson(value: unknown): Json {
  return copy(value, asItIs, 0, undefined, undefined);
}

const asItIs: MapString = (text) => text;

type MapString = (text: string, key: string | undefined) => string;

/**
 * As `plainJson`, with every string value passed through `map`, which is given the key it stands under. Its objects are
 * ordinary ones with their members in order: that is quick to write down.
 */
export function orderedJson(value: unknown, map: MapString): Json {
  return copy(value, map, 0, undefined, { numbered: false });
}

/** As `plainJson`, of ordinary objects, and its canonical JSON: what was just put in order need not be looked through again. */
export function writtenJson(value: unknown): { readonly value: Json; readonly text: string } {
  const order: Order = { numbered: false };
  const made = copy(value, asItIs, 0, undefined, order);
  return { value: made, text: order.numbered ? canonical(made) : JSON.stringify(made) };
}

/** Of objects that are made with their members in order. */
interface Order {
  /** Whether a name may be a whole number: JavaScript puts those first. */
  numbered: boolean;
}

function copy(value: unknown, map: MapString, depth: number, key: string | undefined, order: Order | undefined): Json {
  switch (typeof value) {
    case 'string':
      return map(wellFormed(value), key);
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'boolean':
      return value;
    case 'object': {
      if (value === null || depth >= MAX_DEPTH) return null;
      if (Array.isArray(value)) return value.map((item) => copy(item, map, depth + 1, key, order));
      if (!hasMembers(value)) return null;
      const out: { [member: string]: Json } = order ? {} : Object.create(null);
      for (const member of orderOf(Object.keys(value), map)) {
        const inner = value[member];
        if (inner === undefined || typeof inner === 'function') continue;
        const name = map(wellFormed(member), undefined);
        if (order && startsWithDigit(name)) order.numbered = true;
        const made = copy(inner, map, depth + 1, member, order);
        if (name !== '__proto__') out[name] = made;
        else Object.defineProperty(out, name, { value: made, enumerable: true, configurable: true, writable: true });
      }
      return out;
    }
    default:
      return null;
  }
}

function startsWithDigit(name: string): boolean {
  const code = name.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
}

function hasMembers(value: object): value is { readonly [member: string]: unknown } {
  return !Array.isArray(value);
}

/** Members in the order of RFC 8785, by the names they will have. Mostly they are in it already. */
function orderOf(members: string[], map: MapString): readonly string[] {
  if (isAscending(members)) return members;
  const named = members.map((member) => ({ member, name: map(wellFormed(member), undefined) }));
  // Without a comparison of one's own, texts are sorted by their code units, which is the order of RFC 8785.
  if (named.every(({ member, name }) => member === name)) return members.sort();
  return named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).map(({ member }) => member);
}

function isAscending(members: readonly string[]): boolean {
  for (let i = 1; i < members.length; i++) if ((members[i] ?? '') <= (members[i - 1] ?? '')) return false;
  return true;
}

/** The text with every lone surrogate replaced by U+FFFD. */
export function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}
