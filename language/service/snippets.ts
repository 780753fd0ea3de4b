import { ENTITY_MEMBERS } from '../model/entities.js';
import type { JsonSchema } from '../model/json-schema.js';
import { STEP_KINDS, type StepKind } from '../model/playbook.js';
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

/** `id: …` and the kind with its required parts: a whole new step. */
export function stepSnippet(kind: StepKind, schema: SchemaView, root: RawSchema, indent: string): string {
  const stops: Stops = { next: 1 };
  const lines = [`id: ${stop(stops)}`];
  const keys = [kind, ...schema.required.filter((key) => key !== 'id' && !STEP_KINDS.some((name) => name === key))];
  for (const key of keys) {
    const child = schema.properties[key];
    if (child) lines.push(`${key}:${body(child, root, indent, stops, 0)}`);
  }
  return lines.join(`\n${indent}`);
}

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
  if (isStep) return `\n${indent}  - id: ${stop(stops)}`;
  return depth > 0 || items === undefined ? ` [${stop(stops)}]` : `\n${indent}  - ${stop(stops)}`;
}

function stop(stops: Stops): string {
  return `$${stops.next++}`;
}

function choice(words: readonly string[], stops: Stops): string {
  return `\${${stops.next++}|${words.map((word) => word.replace(/[\\,|$}]/g, '\\$&')).join(',')}|}`;
}
