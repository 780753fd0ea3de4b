import type { Tool } from '../../../language/model/catalog.js';
import type { Json } from '../../protocol/trace.js';
import { plainJson } from '../../trace/canonical.js';
import type { SchemaCheck } from '../schema-check.js';
import { type ServerResult, said } from './connection.js';

export type Answer = { readonly ok: true; readonly output: Json } | { readonly ok: false; readonly error: string };

/** Bytes as JSON: more than any step needs, and what a model can still read. */
const MAX_BYTES = 256 * 1024;

/**
 * A server's answer as the catalog describes it: the fields named there and no other, checked against their schemas. It is
 * taken from the structured content, or from a text that is one JSON object; what it links to is not fetched.
 */
export function answerOf({ name, output }: Tool, result: ServerResult, schemas: SchemaCheck): Answer {
  if (result.isError) return no(`${name.value} failed: ${said(result.text) || 'its server did not say why'}.`);
  const value = result.structured ?? parseObject(result.text);
  if (value === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) {
    return no(`${name.value} answered with something other than the fields its catalog describes.`);
  }
  const fields = Object.entries(value).filter(([field]) => Object.hasOwn(output.properties ?? {}, field));
  const kept = plainJson(Object.fromEntries(fields));
  const bytes = Buffer.byteLength(JSON.stringify(kept));
  if (bytes > MAX_BYTES)
    return no(`${name.value} answered with ${bytes} bytes; at most ${MAX_BYTES} are taken. Ask for less.`);
  const problem = schemas.problem(output, kept);
  if (problem !== null) return no(`${name.value} answered what its catalog does not describe: ${problem}.`);
  return { ok: true, output: kept };
}

function parseObject(text: string): Json | undefined {
  if (text === '' || text.length > 4 * MAX_BYTES) return undefined;
  try {
    return plainJson(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function no(error: string): Answer {
  return { ok: false, error };
}
