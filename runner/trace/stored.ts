import type { BlobRef, Json, TraceEventName } from '../protocol/trace.js';
import type { BlobReader } from './blobs.js';
import { canonical, sha256 } from './canonical.js';
import { MAX_LINE_BYTES } from './limits.js';
import { placesOf, valueAt, withAt } from './places.js';
import { isShallow } from './shallow.js';

/** A value whose canonical JSON has more bytes than this is kept beside the trace. */
export const BLOB_ABOVE_BYTES = 4096;

/** What one line may be made of, blobs included: a reader holds it all. */
const MAX_DATA_BYTES = 4 * MAX_LINE_BYTES;

/**
 * The values that may be kept beside the trace: what the alert, tools and models bring, which can be of any size. What the
 * engine and people say (questions, reasons, names, digests) stays in the line, so that the line alone tells what happened.
 * `*` is each item of a list.
 */
const LARGE: { readonly [E in TraceEventName]?: readonly string[] } = {
  'step.left': ['output'],
  branch: ['value'],
  iteration: ['item'],
  called: ['inputs'],
  'model.request': ['system', 'input'],
  'model.response': ['text', 'output', 'calls/*/arguments'],
  proposed: ['call/arguments'],
  'gate.opened': ['evidence/*/value', 'calls/*/arguments'],
  modified: ['changes/*/arguments', 'before/*/arguments', 'after/*/arguments'],
  notified: ['undo/arguments'],
  'task.opened': ['fields', 'call/arguments'],
  'task.done': ['output'],
  executed: ['result'],
  'run.closed': ['verdict'],
};

export interface Taken {
  /** The data with `null` for each value that was taken out. */
  readonly data: Json;
  readonly blobs: readonly BlobRef[];
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/** Takes out of an event's data what is too large for the line. */
export function takeLarge(event: TraceEventName, whole: Json): Taken {
  const blobs: BlobRef[] = [];
  const contents = new Map<string, Uint8Array>();
  let data = whole;
  for (const path of (LARGE[event] ?? []).flatMap((pattern) => placesOf(whole, pattern.split('/')))) {
    const value = valueAt(whole, path);
    if (value === undefined || value === null) continue;
    const bytes = Buffer.from(canonical(value));
    if (bytes.length <= BLOB_ABOVE_BYTES) continue;
    const digest = sha256(bytes);
    contents.set(digest, bytes);
    blobs.push({ at: `/${path.join('/')}`, bytes: bytes.length, digest });
    data = withAt(data, path, null);
  }
  return { data, blobs, contents };
}

/** Puts the values of blobs back where they belong. */
export function putBack(
  event: string,
  stored: Json,
  blobs: readonly BlobRef[],
  read: BlobReader,
): { readonly ok: true; readonly data: Json } | { readonly ok: false; readonly reason: string } {
  const bad = (reason: string) => ({ ok: false, reason }) as const;
  const allowed = new Set(
    (Object.hasOwn(LARGE, event) ? (LARGE[event as TraceEventName] ?? []) : [])
      .flatMap((pattern) => placesOf(stored, pattern.split('/')))
      .map((path) => `/${path.join('/')}`),
  );
  if (blobs.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_DATA_BYTES)
    return bad('The blobs of the line are too large.');
  let data = stored;
  for (const { at, bytes, digest } of blobs) {
    const path = at.split('/').slice(1);
    if (!allowed.has(at) || valueAt(data, path) !== null) {
      return bad(`The line says that a blob belongs at "${at.slice(0, 60)}", where none can be.`);
    }
    const found = read(digest, bytes);
    if (!found.ok) return bad(`The blob ${digest} of the line ${found.reason}.`);
    const value = jsonOf(found.bytes);
    if (value === undefined) return bad(`The blob ${digest} of the line is not canonical JSON.`);
    data = withAt(data, path, value);
  }
  return { ok: true, data };
}

function jsonOf(bytes: Uint8Array): Json | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!isShallow(text)) return undefined;
    const value: Json = JSON.parse(text);
    return value !== null && canonical(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}
