import type { JsonSchema } from '../../../language/model/json-schema.js';
import type { EntityType } from '../../../language/model/levels.js';
import type { Json, ModelRequest } from '../port.js';
import type { Findings, Level } from './findings.js';
import { wordsOf } from './signals.js';

/** Choices for each level, the fittest first; the levels' own words are tried before any other. */
const CHOICES: { readonly [L in Level]: readonly string[] } = {
  malicious: ['malicious', 'phishing', 'malware', 'compromised', 'true-positive', 'confirmed', 'critical', 'high', 'bad', 'yes', 'suspicious'],
  suspicious: ['suspicious', 'likely-malicious', 'needs-review', 'inconclusive', 'uncertain', 'medium', 'escalate', 'unknown', 'novel'],
  benign: ['benign', 'clean', 'false-positive', 'legitimate', 'harmless', 'safe', 'low', 'no', 'none'],
  unknown: ['unknown', 'undetermined', 'inconclusive', 'uncertain', 'novel', 'needs-review', 'suspicious', 'escalate', 'medium'],
}; // biome-ignore format: a table
/** When nothing fits, what leaves the decision to a person. */
const CAUTIOUS = ['unknown', 'other', 'none', 'inconclusive', 'needs-review', 'escalate', 'novel', 'suspicious'];

/** How far along a scale of badness each level is. */
const BADNESS: { readonly [L in Level]: number } = { malicious: 0.9, suspicious: 0.6, unknown: 0.5, benign: 0.1 };

const MAX_DEPTH = 24;

/** An answer that fits the schema and says what the findings say, by the names and types of its members. */
export function answerFor(schema: JsonSchema, findings: Findings, entities: ModelRequest['entities']): Json {
  const fill = (part: JsonSchema, name: string, depth: number): Json => {
    const at = resolve(part, schema);
    if (at.const !== undefined) return at.const;
    if (at.enum && at.enum.length > 0) return choose(at, findings.level);
    switch (typeOf(at)) {
      case 'object': {
        const out: { [member: string]: Json } = Object.create(null);
        const required = new Set(at.required ?? []);
        for (const [member, inner] of Object.entries(at.properties ?? {})) {
          if (depth < 4 || (required.has(member) && depth <= MAX_DEPTH)) out[member] = fill(inner, member, depth + 1);
        }
        for (const member of required) {
          if (Object.hasOwn(out, member) || depth > MAX_DEPTH) continue;
          const other = at.additionalProperties;
          if (other !== false) out[member] = fill(typeof other === 'object' ? other : {}, member, depth + 1);
        }
        return out;
      }
      case 'array':
        return fillList(at, name, depth);
      case 'boolean':
        return isTrue(name, findings);
      case 'integer':
        return numberFor(at, name, findings, true);
      case 'number':
        return numberFor(at, name, findings, false);
      case 'null':
        return null;
      default:
        return textFor(at);
    }
  };

  const fillList = (at: JsonSchema, name: string, depth: number): Json => {
    const min = at.minItems ?? 0;
    const max = Math.max(min, at.maxItems ?? 50);
    const items = resolve(at.items ?? {}, schema);
    const closed = items.enum !== undefined || items.const !== undefined;
    const entity = items['x-entity'];
    const found: Json[] = [];
    if (typeOf(items) === 'string' && !closed) {
      if (entity) found.push(...flaggedOf(entity));
      else if (at.items) found.push(...findings.notable);
    }
    const list = found.map((text) => (typeof text === 'string' ? fitLength(text, items) : text)).slice(0, max);
    while (list.length < min && depth < MAX_DEPTH) list.push(fill(items, name, depth + 1));
    return list;
  };

  const textFor = (at: JsonSchema): string => {
    const entity = at['x-entity'];
    if (!entity) return fitLength(findings.summary, at);
    return fitLength(flaggedOf(entity)[0] ?? entities[entity]?.[0] ?? '', at);
  };

  const flaggedOf = (entity: EntityType): readonly string[] =>
    (entities[entity] ?? []).filter((value) => findings.flagged.has(value));

  return fill(schema, '', 0);
}

/** Follows a reference into the schema's own definitions, as far as a chain of them can go. */
function resolve(part: JsonSchema, root: JsonSchema): JsonSchema {
  let at = part;
  for (let hops = 0; at.$ref !== undefined && hops < 20; hops++) {
    const name = /^#\/\$defs\/([^/]+)$/.exec(at.$ref)?.[1];
    if (name === undefined || !Object.hasOwn(root.$defs ?? {}, name)) return {};
    at = root.$defs?.[name] ?? {};
  }
  return at;
}

/** The type to answer in: the first that says something. */
function typeOf(schema: JsonSchema): string {
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  const first = types.find((type) => type !== 'null') ?? types[0];
  if (first !== undefined) return first;
  if (schema.properties || schema.required) return 'object';
  if (schema.items || schema.minItems !== undefined) return 'array';
  if (schema.minimum !== undefined || schema.maximum !== undefined) return 'number';
  return 'string';
}

function choose(schema: JsonSchema, level: Level): Json {
  const options = (schema.enum ?? []).filter((option) => hasType(option, schema));
  const plain = (option: Json) =>
    typeof option === 'string' ? option.toLowerCase().replace(/[\s_]+/g, '-') : undefined;
  for (const word of [...CHOICES[level], ...CAUTIOUS]) {
    const option = options.find((candidate) => plain(candidate) === word);
    if (option !== undefined) return option;
  }
  return options[0] ?? schema.enum?.[0] ?? null;
}

function hasType(value: Json, schema: JsonSchema): boolean {
  if (schema.type === undefined) return true;
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type;
  return types.some((type) => {
    switch (type) {
      case 'null':
        return value === null;
      case 'array':
        return Array.isArray(value);
      case 'object':
        return typeof value === 'object' && value !== null && !Array.isArray(value);
      case 'integer':
        return Number.isInteger(value);
      default:
        return typeof value === type;
    }
  });
}

/** True only when a tool set a flag of that very name, or the name is the verdict. */
function isTrue(name: string, findings: Findings): boolean {
  if (findings.flags.has(name)) return true;
  if (findings.level !== 'malicious') return false;
  const words = wordsOf(name).filter((word) => word !== 'is');
  return words.length === 1 && (words[0] === 'malicious' || words[0] === 'phishing' || words[0] === 'malware');
}

function numberFor(schema: JsonSchema, name: string, findings: Findings, whole: boolean): number {
  const words = wordsOf(name);
  const has = (...some: string[]) => some.some((word) => words.includes(word));
  const low = schema.minimum ?? Math.min(0, schema.maximum ?? 0);
  const high = Math.max(low, schema.maximum ?? (whole ? low + 100 : Math.max(low, 1)));
  const along = (share: number) => low + (high - low) * share;
  const value = has('confidence', 'certainty', 'probability', 'likelihood')
    ? along(findings.confidence)
    : has('score', 'risk', 'severity', 'impact')
      ? along(BADNESS[findings.level])
      : has('count', 'number', 'affected')
        ? findings.flagged.size
        : low;
  const rounded = whole ? Math.round(value) : Math.round(value * 100) / 100;
  const lowest = whole ? Math.ceil(low) : low;
  const highest = whole ? Math.floor(high) : high;
  return Math.max(lowest, Math.min(highest, rounded));
}

/** Cut or filled up to the length the schema asks for, counted in characters as JSON Schema does. */
function fitLength(text: string, schema: JsonSchema): string {
  const min = schema.minLength ?? 0;
  const max = Math.max(min, schema.maxLength ?? 2_000);
  const characters = [...text];
  if (characters.length > max) return characters.slice(0, max).join('');
  return characters.length < min ? text + '.'.repeat(min - characters.length) : text;
}
