import { ENTITY_TYPES } from '../../../language/model/levels.js';
import type { Json, ModelRequest } from '../port.js';

/** How bad something looks. */
export type Weight = 'bad' | 'suspicious' | 'good';

/** What one tool answered, as far as the rules understand it. */
export interface Reading {
  readonly tool: string;
  readonly ok: boolean;
  /** `undefined` when nothing in it could be read as good or bad. */
  readonly weight: Weight | undefined;
  /** What stood out: a field and its value, such as `score 92`. */
  readonly notes: readonly string[];
  /** Names of fields that are true in it. */
  readonly flags: ReadonlySet<string>;
  /** Entities of the alert that the answer makes look bad or suspicious. */
  readonly flagged: ReadonlySet<string>;
}

/** Fields whose value, a word of its own, is a judgement. */
const WORD_FIELDS: ReadonlySet<string> = new Set([
  'verdict', 'reputation', 'risk', 'state', 'status', 'classification', 'category', 'disposition', 'assessment', 'result',
  'threat', 'label', 'severity', 'level', 'rating', 'conclusion',
]); // biome-ignore format: a list
const WORDS: ReadonlyMap<string, Weight> = new Map([
  ...['malicious', 'phishing', 'phish', 'malware', 'ransomware', 'compromised', 'infected', 'bad', 'critical', 'high', 'known-bad', 'blocked', 'c2'].map((word) => [word, 'bad'] as const),
  ...['suspicious', 'medium', 'risky', 'anomalous', 'unusual', 'elevated', 'questionable', 'spam', 'new'].map((word) => [word, 'suspicious'] as const),
  ...['benign', 'clean', 'good', 'low', 'safe', 'trusted', 'legitimate', 'harmless', 'normal', 'known-good', 'none', 'ok', 'expected'].map((word) => [word, 'good'] as const),
]); // biome-ignore format: tables

/** Sender authentication of mail. */
const MAIL_CHECKS: ReadonlySet<string> = new Set(['spf', 'dkim', 'dmarc']);
const MAIL_RESULTS: ReadonlyMap<string, Weight> = new Map([
  ['pass', 'good'],
  ['fail', 'suspicious'],
  ['softfail', 'suspicious'],
]);

/** Words in the name of a field that is true or false, or counts something. */
const FLAG_WORDS: ReadonlyMap<string, Weight> = new Map([
  ...['malicious', 'phishing', 'malware', 'ransomware', 'compromised', 'infected', 'blocklisted', 'blacklisted', 'c2', 'beaconing'].map((word) => [word, 'bad'] as const),
  ...['suspicious', 'anomalous', 'anomaly', 'anomalies', 'impossible', 'unusual', 'risky', 'leaked', 'exposed', 'spoofed', 'lookalike', 'spam', 'credentials', 'persistence', 'injected', 'obfuscated'].map((word) => [word, 'suspicious'] as const),
  ...['benign', 'clean', 'trusted', 'legitimate', 'harmless', 'expected', 'approved', 'allowlisted', 'managed'].map((word) => [word, 'good'] as const),
]); // biome-ignore format: tables
const NEGATIONS: ReadonlySet<string> = new Set(['not', 'non', 'no', 'un', 'is_not', 'last', 'first']);

/** Scores from 0 to 100, or from 0 to 1. */
const SCORE_WORDS: ReadonlySet<string> = new Set(['score', 'riskscore']);
const BAD_SCORE = 75;
const SUSPICIOUS_SCORE = 40;
const GOOD_SCORE = 20;

const MAX_NODES = 5_000;
const MAX_NOTES = 3;

/** Reads one tool's answer. Looks at names and kinds of fields only: what text says is never followed. */
export function readResult(
  tool: string,
  ok: boolean,
  args: Json,
  content: Json,
  entities: ModelRequest['entities'],
): Reading {
  if (!ok) return { tool, ok, weight: undefined, notes: [], flags: new Set(), flagged: new Set() };
  const known = new Set(ENTITY_TYPES.flatMap((type) => entities[type] ?? []));
  const flags = new Set<string>();
  const flagged = new Set<string>();
  const notes: { readonly weight: Weight; readonly text: string }[] = [];
  let nodes = 0;
  const visit = (value: Json, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 12 || ++nodes > MAX_NODES) return;
    if (isList(value)) {
      for (const item of value.slice(0, MAX_NODES)) visit(item, depth + 1);
      return;
    }
    const here: Weight[] = [];
    const named: string[] = [];
    for (const [field, inner] of Object.entries(value)) {
      if (++nodes > MAX_NODES) return;
      if (inner === true) flags.add(field);
      if (typeof inner === 'string' && known.has(inner)) named.push(inner);
      const weight = weigh(field, inner);
      if (weight) {
        here.push(weight);
        notes.push({ weight, text: `${plainField(field)} ${typeof inner === 'string' ? inner.toLowerCase() : inner}` });
      }
      visit(inner, depth + 1);
    }
    if (here.some((weight) => weight !== 'good')) for (const name of named) flagged.add(name);
  };
  visit(content, 0);
  const weight = worst(notes.map((note) => note.weight));
  if (weight === 'bad' || weight === 'suspicious') {
    for (const name of stringsIn(args)) if (known.has(name)) flagged.add(name);
  }
  const telling = notes.filter((note) => note.weight === weight).slice(0, MAX_NOTES);
  return { tool, ok, weight, notes: telling.map((note) => note.text), flags, flagged };
}

/** The worst of some weights. */
export function worst(weights: readonly Weight[]): Weight | undefined {
  const order = ['bad', 'suspicious', 'good'] as const;
  return order.find((weight) => weights.includes(weight));
}

/** The parts of a field's name: `impossibleTravel` and `impossible_travel` are both `impossible` and `travel`. */
export function wordsOf(name: string): readonly string[] {
  return name
    .slice(0, 80)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

function weigh(field: string, value: Json): Weight | undefined {
  const words = wordsOf(field);
  if (words.some((word) => NEGATIONS.has(word))) return undefined;
  const last = words.at(-1) ?? '';
  switch (typeof value) {
    case 'string':
      if (MAIL_CHECKS.has(last)) return MAIL_RESULTS.get(value.toLowerCase());
      if (value.length > 40 || !WORD_FIELDS.has(last)) return undefined;
      return WORDS.get(
        value
          .trim()
          .toLowerCase()
          .replace(/[\s_]+/g, '-'),
      );
    case 'number':
      if (SCORE_WORDS.has(last)) return weighScore(value);
      return weighFlag(words, value > 0);
    case 'boolean':
      return weighFlag(words, value);
    default:
      return undefined;
  }
}

function weighFlag(words: readonly string[], set: boolean): Weight | undefined {
  const weight = worst(words.flatMap((word) => FLAG_WORDS.get(word) ?? []));
  if (weight === undefined) return undefined;
  if (set) return weight;
  return weight === 'good' ? undefined : 'good';
}

function weighScore(value: number): Weight | undefined {
  // 1 is the most on one scale and next to nothing on the other.
  if (value === 1) return undefined;
  const score = value > 0 && value < 1 ? value * 100 : value;
  if (score >= BAD_SCORE) return 'bad';
  if (score >= SUSPICIOUS_SCORE) return 'suspicious';
  return score <= GOOD_SCORE && score >= 0 ? 'good' : undefined;
}

function plainField(field: string): string {
  return wordsOf(field).join(' ').slice(0, 40);
}

function* stringsIn(args: Json): Generator<string> {
  if (typeof args === 'string') yield args;
  else if (isList(args)) for (const item of args) yield* stringsIn(item);
  else if (typeof args === 'object' && args !== null) for (const inner of Object.values(args)) yield* stringsIn(inner);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
