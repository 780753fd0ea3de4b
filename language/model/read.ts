import type { Expression } from '../expressions/expression.js';
import { parseExpression } from '../expressions/parse.js';
import { inset } from '../syntax/place.js';
import type { Entry, Json, ListNode, Located, MapNode, Node, Range, ScalarNode } from '../syntax/tree.js';
import { get, toJson } from '../syntax/tree.js';

/**
 * Small readers from the YAML tree. They never report: what has the wrong shape is absent here and a problem of the schema
 * check, so that one fault is reported once.
 */

/** The word itself: without quotes where it is quoted. */
export function wordRange(node: ScalarNode): Range {
  const quoted = node.style === 'single' || node.style === 'double';
  return quoted && node.range.end - node.range.start >= 2 ? inset(node.range, 1) : node.range;
}

export function asText(node: Node | undefined): Located<string> | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' && node.value !== ''
    ? { value: node.value, range: wordRange(node) }
    : undefined;
}

export function textAt(node: Node | undefined, key: string): Located<string> | undefined {
  return asText(get(node, key));
}

export function numberAt(node: Node | undefined, key: string): Located<number> | undefined {
  const value = get(node, key);
  return value?.kind === 'scalar' && typeof value.value === 'number'
    ? { value: value.value, range: value.range }
    : undefined;
}

export function booleanAt(node: Node | undefined, key: string): boolean | undefined {
  const value = get(node, key);
  return value?.kind === 'scalar' && typeof value.value === 'boolean' ? value.value : undefined;
}

/** One of a closed list of words. */
export function wordAt<T extends string>(
  node: Node | undefined,
  key: string,
  words: readonly T[],
): Located<T> | undefined {
  const found = textAt(node, key);
  const word = words.find((candidate) => candidate === found?.value);
  return found && word !== undefined ? { value: word, range: found.range } : undefined;
}

export function mapAt(node: Node | undefined, key: string): MapNode | undefined {
  const value = get(node, key);
  return value?.kind === 'map' ? value : undefined;
}

export function listAt(node: Node | undefined, key: string): ListNode | undefined {
  const value = get(node, key);
  return value?.kind === 'list' ? value : undefined;
}

/** The strings of a list, each where it stands. */
export function textsAt(node: Node | undefined, key: string): Located<string>[] {
  const out: Located<string>[] = [];
  for (const item of listAt(node, key)?.items ?? []) {
    const text = asText(item);
    if (text) out.push(text);
  }
  return out;
}

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `30s`, `15m`, `24h`, `2d` in milliseconds; `undefined` for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^([1-9][0-9]*)(ms|s|m|h|d)$/.exec(text);
  if (!match?.[1]) return undefined;
  const unit = match[2];
  const factor = unit === 'ms' || unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' ? UNITS[unit] : 0;
  const value = Number(match[1]) * factor;
  return Number.isSafeInteger(value) ? value : undefined;
}

export function durationAt(node: Node | undefined, key: string): Located<number> | undefined {
  const text = textAt(node, key);
  const value = text && parseDuration(text.value);
  return text && value !== undefined ? { value, range: text.range } : undefined;
}

/** `10%` or a number from 0 to 1, as a share from 0 to 1. */
export function shareAt(node: Node | undefined, key: string): Located<number> | undefined {
  const value = get(node, key);
  if (value?.kind !== 'scalar') return undefined;
  if (typeof value.value === 'number') {
    return value.value >= 0 && value.value <= 1 ? { value: value.value, range: value.range } : undefined;
  }
  const match = typeof value.value === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(value.value) : null;
  return match && Number(match[1]) <= 100 ? { value: Number(match[1]) / 100, range: wordRange(value) } : undefined;
}

/** A CEL expression that is the whole of a scalar. `when: true` is one, too. */
export function asExpression(node: Node | undefined): Expression | undefined {
  if (node?.kind !== 'scalar' || (typeof node.value !== 'string' && typeof node.value !== 'boolean')) return undefined;
  return node.text.trim() === '' ? undefined : { parsed: parseExpression(node.text), node, offset: 0 };
}

export function expressionAt(node: Node | undefined, key: string): Expression | undefined {
  return asExpression(get(node, key));
}

/** A map as a JSON object with no prototype; empty for anything else. */
export function jsonObject(node: Node | undefined): { readonly [key: string]: Json } {
  const out: { [key: string]: Json } = Object.create(null);
  for (const entry of node?.kind === 'map' ? node.entries : []) out[entry.key.text] = toJson(entry.value);
  return out;
}

export function entriesOf(node: Node | undefined): readonly Entry[] {
  return node?.kind === 'map' ? node.entries : [];
}
