import { isAscii, isUtf8 } from 'node:buffer';
import { type Json, type JsonObject, TRACE_VERSION, type TraceLine } from '../protocol/trace.js';
import type { BlobReader } from './blobs.js';
import { canonical, membersInOrder, sha256 } from './canonical.js';
import { MAX_LINE_BYTES } from './limits.js';
import type { ByteLine } from './lines.js';
import { membersInPlainText } from './plain-text.js';
import { isShallow } from './shallow.js';
import { isBlobRefs, isTraceLine, lineProblem } from './shape.js';
import { putBack } from './stored.js';

/** What the next line must continue. */
export interface ChainEnd {
  /** `undefined` before the first line. */
  readonly run: string | undefined;
  readonly seq: number;
  readonly prev: string;
  readonly mono: number;
}

export const CHAIN_START: ChainEnd = { run: undefined, seq: 0, prev: sha256(''), mono: 0 };

export type LineCheck =
  | { readonly ok: true; readonly line: TraceLine; readonly bytes: Uint8Array; readonly end: ChainEnd }
  | { readonly ok: false; readonly reason: string };

const TOO_DEEP = 'The line nests lists and objects deeper than any line does.';

/**
 * Checks one line by itself and against the one before it, and puts the values of its blobs where they belong. Never
 * throws, whatever the bytes are.
 */
export function checkLine({ bytes, ended }: ByteLine, before: ChainEnd, blobs: BlobReader): LineCheck {
  if (bytes === undefined) return bad(`The line is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB; no line is.`);
  const text = decode(bytes);
  if (text === undefined) return bad('The line is not valid UTF-8 text.');
  if (text === '') return bad('The line is empty.');
  const value = parse(text);
  if (value === undefined) {
    if (!isShallow(text)) return bad(TOO_DEEP);
    return bad(
      ended ? 'The line is not one JSON object.' : 'The line is torn: it ends in the middle and has no newline.',
    );
  }
  if (!isJsonObject(value)) return bad('The line is not one JSON object.');
  const version = value.v;
  if (typeof version === 'number' && version > TRACE_VERSION) {
    return bad(
      `The trace is in format version ${version}, which is newer than the ${TRACE_VERSION} this program reads. Use a newer Countersign.`,
    );
  }
  // What is ordered is not too deep either: nothing that recurses is let near what nobody has looked at.
  const members = membersInOrder(value);
  if (members < 0 && !isShallow(text)) return bad(TOO_DEEP);
  // Seldom has it to be written anew to know how it is written.
  const isPlain = members >= 0 && membersInPlainText(bytes) === members;
  if (!isPlain && canonicalOf(value) !== text) {
    return bad('The line is not in canonical form (RFC 8785): its bytes were changed after it was written.');
  }
  if (value.hash !== hashOf(value, text)) {
    return bad('The line does not match its own hash: its content was changed after it was written.');
  }
  const line = withBlobs(value, blobs);
  if (typeof line === 'string') return bad(line);
  if (!isTraceLine(line, line.prev === before.prev))
    return bad(`The line does not fit format version ${TRACE_VERSION}: ${lineProblem(line)}.`);
  if (line.seq !== before.seq) {
    return bad(`The line has number ${line.seq} where ${before.seq} comes next: lines were removed, added or swapped.`);
  }
  if (before.run !== undefined && line.run !== before.run) {
    return bad(`The line belongs to another run: ${quoted(line.run)}, not ${quoted(before.run)}.`);
  }
  if (line.prev !== before.prev) {
    return bad('The line does not continue the line before it: that line, or this one, was replaced.');
  }
  if (line.mono < before.mono) return bad('The time of the line lies before that of the line before it.');
  if (!ended) return bad('The line has no newline at its end: the end of the file was cut off.');
  return {
    ok: true,
    line,
    bytes,
    end: { run: line.run, seq: line.seq + 1, prev: sha256(bytes), mono: line.mono },
  };
}

/**
 * The hash that a line must have: of its text without the member `hash`. In the canonical text of a line only texts and
 * numbers come behind that member, so it is where its own text stands last, and nothing has to be written anew. What has
 * anything else behind it is no line, whatever its hash.
 */
function hashOf(value: JsonObject, text: string): string {
  const member = `"hash":${JSON.stringify(value.hash)},`;
  const at = text.lastIndexOf(member);
  if (at >= 0) return sha256(text.slice(0, at) + text.slice(at + member.length));
  const { hash: _, ...rest } = value;
  return sha256(canonical(rest));
}

/** The line with the values of its blobs, or what is wrong with them. */
function withBlobs(value: JsonObject, read: BlobReader): JsonObject | string {
  const { blobs: refs, data } = value;
  if (refs === undefined) return value;
  if (!isBlobRefs(refs) || data === undefined) return 'The line does not say which blobs it has.';
  const back = putBack(String(value.event), data, refs, read);
  return back.ok ? { ...value, data: back.data } : back.reason;
}

function bad(reason: string): LineCheck {
  return { ok: false, reason };
}

/** A byte order mark stays, so that it is found to be no JSON. */
function decode(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isAscii(buffer)) return buffer.toString('latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : undefined;
}

function isJsonObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** `undefined` for JSON that has no canonical form: a number beyond a double, a lone surrogate written as an escape. */
function canonicalOf(value: unknown): string | undefined {
  try {
    return canonical(value);
  } catch {
    return undefined;
  }
}

/** Text from the file in a message: bounded, and without control or bidirectional characters. */
export function quoted(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return `"${short.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '�')}"`;
}
