import { createHmac } from 'node:crypto';
import type { Json, TraceEventName } from '../protocol/trace.js';
import { orderedJson } from './canonical.js';
import { placesOf, valueAt, withAt } from './places.js';

/**
 * Personal data of an alert is written as tokens: `[user:<hex>]`, the HMAC-SHA-256 of the value under a random salt of its
 * own. Values and salts are in a file beside the trace. Who has them can show that a token stands for a value; once a
 * salt is erased nobody can, nor try out names, and the trace is as valid as before.
 */

/** Types of entities that are personal data: who somebody is, and where they are reached. */
export const PERSONAL_TYPES = ['user', 'email', 'ip'] as const;
export type PersonalType = (typeof PERSONAL_TYPES)[number];

export interface PersonalValue {
  readonly type: PersonalType;
  readonly value: string;
}

/** A value, and what it is written as. */
export interface PersonalEntry extends PersonalValue {
  readonly token: string;
  /** 32 random bytes, hex. */
  readonly salt: string;
}

export const SALT_BYTES = 32;

/** Shorter ones would be found in every other word. */
const SHORTEST = 3;

/**
 * Where values and words are that an alert can reach. Never names that the format itself knows: of events, steps, tools,
 * outcomes, people who decide.
 */
const TEXTS: { readonly [E in TraceEventName]?: readonly string[] } = {
  'step.entered': ['title', 'because'],
  'step.skipped': ['because'],
  'step.left': ['output', 'error'],
  branch: ['value', 'taken'],
  iteration: ['item'],
  called: ['inputs'],
  retry: ['because'],
  'model.request': ['system', 'input'],
  'model.response': ['text', 'output', 'calls/*/arguments'],
  proposed: ['call/arguments', 'call/target'],
  authorized: ['reason'],
  'gate.opened': ['ask', 'evidence/*/value', 'calls/*/arguments', 'calls/*/target'],
  decided: ['reason'],
  modified: [
    'changes/*/arguments',
    'before/*/arguments',
    'before/*/target',
    'after/*/arguments',
    'after/*/target',
    'refused',
  ],
  'gate.closed': ['because'],
  'task.opened': ['task', 'fields', 'call/arguments', 'call/target'],
  'task.done': ['output'],
  executed: ['result'],
  notified: ['message', 'undo/arguments'],
  withheld: ['reason'],
  undone: ['reason'],
  killed: ['reason'],
  'outcome.unknown': ['because'],
  'run.closed': ['verdict', 'reason'],
};

/** Hashes of calls: of names that somebody could try out one after the other. */
const DIGESTS: { readonly [E in TraceEventName]?: readonly string[] } = {
  proposed: ['call/digest'],
  'gate.opened': ['calls/*/digest'],
  modified: ['before/*/digest', 'after/*/digest'],
  'task.opened': ['call/digest'],
  intent: ['digest'],
};

export function tokenOf({ type, value }: PersonalValue, salt: string): string {
  return `[${type}:${hmac(salt, value)}]`;
}

function hmac(salt: string, text: string): string {
  return createHmac('sha256', Buffer.from(salt, 'hex')).update(text).digest('hex');
}

/** A digest as it is written where plain ones could be guessed: `sha256:` and the HMAC of it under a salt of the run. */
export function committedDigest(digest: string, salt: string): string {
  return `sha256:${hmac(salt, digest)}`;
}

/** Finds some values in texts, as whole words and in any case, the longest first. */
export function findPersonal(
  values: readonly PersonalValue[],
): (text: string, replace: (found: PersonalValue) => string) => string {
  const types = new Map<string, PersonalType>();
  for (const { type, value } of values) {
    if (value.length >= SHORTEST && !types.has(folded(value))) types.set(folded(value), type);
  }
  if (types.size === 0) return (text) => text;
  const sorted = [...types.keys()].sort((a, b) => b.length - a.length);
  const words = sorted.map((value) => value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${words.join('|')})(?![\\p{L}\\p{N}_])`, 'giu');
  return (text, replace) =>
    // Where the pattern folds a letter that `folded` does not, it is still somebody's name.
    text.replace(pattern, (value) => replace({ type: types.get(folded(value)) ?? 'user', value }));
}

function folded(text: string): string {
  return text.toLowerCase();
}

/** The digests of calls in the data of an event. */
export function digestsIn(event: TraceEventName, data: Json): readonly string[] {
  return (DIGESTS[event] ?? [])
    .flatMap((pattern) => placesOf(data, pattern.split('/')))
    .map((path) => valueAt(data, path))
    .filter((value) => typeof value === 'string');
}

/** The data of an event with every text in it passed through `texts`, and every digest of a call through `digests`. */
export function mapPersonal(
  event: TraceEventName,
  data: Json,
  texts: (text: string) => string,
  digests: (digest: string) => string,
): Json {
  let out = data;
  const apply = (patterns: readonly string[] | undefined, map: (text: string) => string): void => {
    for (const path of (patterns ?? []).flatMap((pattern) => placesOf(data, pattern.split('/')))) {
      const value = valueAt(data, path);
      if (value !== undefined && value !== null) out = withAt(out, path, orderedJson(value, map));
    }
  };
  apply(TEXTS[event], texts);
  apply(DIGESTS[event], digests);
  return out;
}

const TOKEN = /\[(?:user|email|ip):[0-9a-f]{64}\]/g;

/** Puts the values back for the tokens that are known. What else looks like a token stays. */
export function reveal(event: TraceEventName, data: Json, values: ReadonlyMap<string, string>): Json {
  if (values.size === 0) return data;
  const texts = (text: string): string => text.replace(TOKEN, (token) => values.get(token) ?? token);
  return mapPersonal(event, data, texts, (digest) => digest);
}
