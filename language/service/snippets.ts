import { ENTITY_MEMBERS } from '../model/entities.js';
import type { JsonSchema } from '../model/json-schema.js';
import type { RawSchema, SchemaView } from '../schema/schema-view.js';
import { viewsOf } from '../schema/schema-view.js';

/** Numbers tab stops in the order they are written. */
interface Stops {
  next: number;
}

/**
 * The body of a key as an LSP snippet, required parts filled in: ` ${1|a,b|}` for a choice of words, an indented block
 * for a map. `indent` is what lines below the key begin with.
 */
export function valueSnippet(schema: RawSchema, root: RawSchema, indent: string): string {
  return body(schema, root, indent, { next: 1 }, 0);
}

/** The value of a key inside braces: ` $1`, ` [$1]`, ` { $1 }` or ` ${1|a,b|}`. */
export function flowSnippet(schema: RawSchema, root: RawSchema): string {
  return flowBody(schema, root, { next: 1 });
}

/** A map in braces with these keys. */
export function flowMapSnippet(view: SchemaView, root: RawSchema, keys: readonly string[]): string {
  const stops: Stops = { next: 1 };
  const entries = keys.map((key) => {
    const schema = view.properties[key] ?? {};
    return `${escapeSnippet(key)}:${view.template ? argument(schema, stops) : flowBody(schema, root, stops)}`;
  });
  return `{ ${entries.join(', ')} \\}`;
}

/** A new entry of a map whose keys are names: `name: { type: … }` for a schema, else the name and what it cannot do without. */
export function entrySnippet(name: string, schema: RawSchema, root: RawSchema, indent: string): string {
  const stops: Stops = { next: 2 };
  const view = viewsOf(schema, root, undefined)[0];
  const isSchema = view !== undefined && Object.hasOwn(view.properties, 'x-entity');
  const value = isSchema ? ` { type: ${choice(TYPES, stops)} \\}` : body(schema, root, indent, stops, 0);
  return `\${1:${name}}:${value}`;
}

const TYPES = ['string', 'boolean', 'number', 'integer', 'array', 'object'];

/** ` with:` and every required argument of a tool, or nothing when it takes none. */
export function argumentsSnippet(input: JsonSchema, indent: string): string {
  const required = input.required ?? [];
  if (required.length === 0) return '';
  const stops: Stops = { next: 1 };
  const lines = required.map(
    (name) => `\n${indent}  ${escapeSnippet(name)}:${argument(input.properties?.[name], stops)}`,
  );
  return `\n${indent}with:${lines.join('')}`;
}

/** The value of one argument of a call. */
export function argumentSnippet(schema: JsonSchema): string {
  return argument(schema, { next: 1 });
}

/** Text as it stands, inside a snippet. */
export function escapeSnippet(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

/** A snippet for clients that know none: tab stops are gone, choices take their first word. */
export function plainText(snippet: string): string {
  return snippet
    .replace(/\$\{\d+\|((?:\\.|[^,|\\])*)(?:,(?:\\.|[^|\\])*)?\|\}/g, '$1')
    .replace(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1')
    .replace(/(^|[^\\])\$(?:\d+|\{\d+\})/g, '$1')
    .replace(/\\([\\$}])/g, '$1');
}

function argument(schema: JsonSchema | undefined, stops: Stops): string {
  if (schema?.enum) return ` ${choice(schema.enum.map(String), stops)}`;
  if (schema?.type === 'string') {
    // The alert's own entity of that type is what such an argument most often is.
    const entity = schema['x-entity'];
    const guess = entity === undefined ? undefined : `alert.entities.${ENTITY_MEMBERS[entity]}[0]`;
    return ` "\\\${{ ${guess === undefined ? stop(stops) : `\${${stops.next++}:${guess}}`} \\}\\}"`;
  }
  if (schema?.type === 'array') return ` [${stop(stops)}]`;
  return ` ${stop(stops)}`;
}

function flowBody(schema: RawSchema, root: RawSchema, stops: Stops): string {
  const view = viewsOf(schema, root, undefined)[0];
  if (view?.enum) return ` ${choice(view.enum.map(String), stops)}`;
  if (view?.types.includes('array') && !view.types.includes('string')) return ` [${stop(stops)}]`;
  if (view?.types.includes('object') && !view.types.includes('string')) return ` { ${stop(stops)} \\}`;
  const example = view?.expression || view?.template ? undefined : (view?.default ?? view?.examples[0]);
  return example === undefined ? ` ${stop(stops)}` : ` \${${stops.next++}:${escapeSnippet(String(example))}}`;
}

function body(schema: RawSchema, root: RawSchema, indent: string, stops: Stops, depth: number): string {
  const view = viewsOf(schema, root, undefined)[0];
  if (!view || depth > 4) return ` ${stop(stops)}`;
  if (view.enum) return ` ${choice(view.enum.map(String), stops)}`;
  if (view.template && view.types.includes('string')) return ` >\n${indent}  ${stop(stops)}`;
  if (view.types.includes('array') && !view.types.includes('string')) return list(view, root, indent, stops, depth);
  if (view.types.includes('object') && !view.types.includes('string')) {
    const keys = view.required.filter((key) => Object.hasOwn(view.properties, key));
    if (keys.length === 0) return `\n${indent}  ${stop(stops)}`;
    const lines = keys.map((key) => {
      const child = view.properties[key];
      return `\n${indent}  ${key}:${child ? body(child, root, `${indent}  `, stops, depth + 1) : ''}`;
    });
    return lines.join('');
  }
  const example = view.default ?? view.examples[0];
  return example === undefined ? ` ${stop(stops)}` : ` \${${stops.next++}:${escapeSnippet(String(example))}}`;
}

function list(view: SchemaView, root: RawSchema, indent: string, stops: Stops, depth: number): string {
  const items = view.items && viewsOf(view.items, root, undefined);
  const words = items?.some((item) => item.types.includes('string') && !item.expression);
  if (words) return ` [${stop(stops)}]`;
  const isStep = items?.some((item) => item.required.includes('id'));
  // A dash alone: whole steps are offered behind it.
  if (isStep) return `\n${indent}  - ${stop(stops)}`;
  return depth > 0 || items === undefined ? ` [${stop(stops)}]` : `\n${indent}  - ${stop(stops)}`;
}

function stop(stops: Stops): string {
  return `$${stops.next++}`;
}

function choice(words: readonly string[], stops: Stops): string {
  return `\${${stops.next++}|${words.map((word) => word.replace(/[\\,|$}]/g, '\\$&')).join(',')}|}`;
}
