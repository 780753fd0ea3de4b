import { TRACE_VERSION, type TraceLine } from '../protocol/trace.js';
import { canonical, sha256 } from './canonical.js';
import { MAX_LINE_BYTES, MAX_LINE_DEPTH } from './limits.js';
import type { ByteLine } from './lines.js';
import { isObject, isTraceLine, lineProblem } from './shape.js';

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
  | { readonly ok: true; readonly line: TraceLine; readonly end: ChainEnd }
  | { readonly ok: false; readonly reason: string };

/** Checks one line by itself and against the one before it. Never throws, whatever the bytes are. */
export function checkLine({ bytes, ended }: ByteLine, before: ChainEnd): LineCheck {
  if (bytes === undefined) return bad(`The line is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB; no line is.`);
  const text = decode(bytes);
  if (text === undefined) return bad('The line is not valid UTF-8 text.');
  if (text === '') return bad('The line is empty.');
  if (!isShallow(text)) return bad('The line nests lists and objects deeper than any line does.');
  const value = parse(text);
  if (value === undefined) {
    return bad(
      ended ? 'The line is not one JSON object.' : 'The line is torn: it ends in the middle and has no newline.',
    );
  }
  if (!isObject(value)) return bad('The line is not one JSON object.');
  const version = value.v;
  if (typeof version === 'number' && version > TRACE_VERSION) {
    return bad(
      `The trace is in format version ${version}, which is newer than the ${TRACE_VERSION} this program reads. Use a newer Countersign.`,
    );
  }
  if (canonicalOf(value) !== text) {
    return bad('The line is not in canonical form (RFC 8785): its bytes were changed after it was written.');
  }
  const { hash, ...rest } = value;
  if (hash !== sha256(canonical(rest))) {
    return bad('The line does not match its own hash: its content was changed after it was written.');
  }
  if (!isTraceLine(value)) return bad(`The line does not fit format version ${TRACE_VERSION}: ${lineProblem(value)}.`);
  if (value.seq !== before.seq) {
    return bad(
      `The line has number ${value.seq} where ${before.seq} comes next: lines were removed, added or swapped.`,
    );
  }
  if (before.run !== undefined && value.run !== before.run) {
    return bad(`The line belongs to another run: ${quoted(value.run)}, not ${quoted(before.run)}.`);
  }
  if (value.prev !== before.prev) {
    return bad('The line does not continue the line before it: that line, or this one, was replaced.');
  }
  if (value.mono < before.mono) return bad('The time of the line lies before that of the line before it.');
  if (!ended) return bad('The line has no newline at its end: the end of the file was cut off.');
  return {
    ok: true,
    line: value,
    end: { run: value.run, seq: value.seq + 1, prev: sha256(bytes), mono: value.mono },
  };
}

function bad(reason: string): LineCheck {
  return { ok: false, reason };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
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

/** Whether JSON text nests no deeper than `MAX_LINE_DEPTH`, found without recursion. */
function isShallow(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_LINE_DEPTH) return false;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return true;
}

/** Text from the file in a message: bounded, and without control or bidirectional characters. */
export function quoted(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return `"${short.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '�')}"`;
}
