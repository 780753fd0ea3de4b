import type { JsonSchema } from '../../../language/model/json-schema.js';
import type { Json, JsonObject } from '../../protocol/trace.js';
import { digestOf } from '../../trace/canonical.js';
import type { ServerTool } from './connection.js';

/** A tool of a server as it was when the run started. */
export interface PinnedTool {
  readonly name: string;
  /** Of all the server said of it. */
  readonly digest: string;
  /** How what it takes differs from what the catalog says; `null` when nothing was found. */
  readonly note: string | null;
}

export type Pinned =
  | { readonly ok: true; readonly pinned: PinnedTool }
  | { readonly ok: false; readonly reason: string };

/**
 * Pins the server's tool of exactly this name for a tool that the catalog says only reads. What the server says of it can
 * take that back and never add to it; a hint that is missing says nothing.
 */
export function pin(tools: readonly ServerTool[], name: string, input: JsonSchema): Pinned {
  const [tool, ...more] = tools.filter((one) => one.name === name);
  if (!tool) return { ok: false, reason: `it has no tool "${name}"` };
  if (more.length > 0) return { ok: false, reason: `it has more than one tool "${name}"` };
  const { readOnlyHint, destructiveHint } = tool.annotations;
  if (readOnlyHint === false || destructiveHint === true) {
    const hint = readOnlyHint === false ? 'does not only read' : 'may destroy something';
    return {
      ok: false,
      reason: `it says of "${name}" that it ${hint}, so it is not called, whatever the catalog says`,
    };
  }
  return { ok: true, pinned: { name, digest: digestOf(tool.definition), note: difference(input, tool.inputSchema) } };
}

/** How a server's input schema differs from a catalog's, as far as calls made by the catalog would notice. */
function difference(input: JsonSchema, other: JsonObject): string | null {
  const ours = Object.entries(input.properties ?? {});
  const theirs = objectIn(other.properties);
  const needed = new Set(Array.isArray(other.required) ? other.required : []);
  const notes: string[] = [];
  for (const [name, schema] of ours) {
    const theirSchema = Object.hasOwn(theirs, name) ? theirs[name] : undefined;
    if (theirSchema === undefined) notes.push(`it does not know "${name}"`);
    else if (!sameType(schema, objectIn(theirSchema))) notes.push(`it takes another type for "${name}"`);
  }
  const known = new Set(ours.map(([name]) => name));
  const optional = ours.filter(([name]) => !input.required?.includes(name)).map(([name]) => name);
  for (const name of needed) {
    if (typeof name !== 'string') continue;
    if (!known.has(name)) notes.push(`it needs ${JSON.stringify(name.slice(0, 60))}, which the catalog does not give`);
    else if (optional.includes(name)) notes.push(`it needs "${name}", which the catalog may leave out`);
  }
  return notes.length === 0 ? null : notes.slice(0, 8).join('; ');
}

/** Only plain types on both sides can be told apart. */
function sameType(ours: JsonSchema, theirs: JsonObject): boolean {
  if (typeof ours.type !== 'string' || typeof theirs.type !== 'string') return true;
  return ours.type === theirs.type || (ours.type === 'integer' && theirs.type === 'number');
}

function objectIn(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {};
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
