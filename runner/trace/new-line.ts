import { type Actor, type Json, TRACE_VERSION, type TraceEventName, type TraceLine } from '../protocol/trace.js';
import { canonical, orderedJson, sha256 } from './canonical.js';
import { JournalError } from './journal-error.js';
import type { PersonalWriter } from './personal-writer.js';
import { mayHoldSecret, redact } from './redact.js';
import { isNewLine, newLineProblem } from './shape.js';
import { BLOB_ABOVE_BYTES, takeLarge } from './stored.js';

export interface NewLine {
  readonly event: TraceEventName;
  readonly step: string | null;
  readonly actor: Actor;
  readonly data: unknown;
  readonly run: string;
  readonly seq: number;
  readonly prev: string;
  readonly mono: number;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** Writes tokens for personal data; unless given it is written as it is. */
  readonly personal?: PersonalWriter | undefined;
  /** What was made of actors in earlier lines, of which a run has a few. Their objects do not change. */
  readonly actors?: CleanActors | undefined;
}

/** A value without secrets, and its canonical JSON. */
interface Clean {
  readonly value: Json;
  readonly text: string;
}

export type CleanActors = WeakMap<Actor, Clean>;

export interface WrittenLine {
  /** As it stands in the file, without its newline. */
  readonly text: string;
  /** As a reader has it who has what lies beside the trace. */
  readonly value: TraceLine;
  /** What is kept beside the trace, by digest. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

const NOTHING: ReadonlyMap<string, Uint8Array> = new Map();

/** Makes a line: secrets out, tokens for personal data, large values aside, canonical, hashed. Throws when it does not fit the format. */
export function lineOf(given: NewLine): WrittenLine {
  const { event, step, run, seq, prev, mono, personal } = given;
  const actor = given.actors?.get(given.actor) ?? cleanOf(given.actor);
  given.actors?.set(given.actor, actor);
  const clean = cleanOf(given.data);
  const data = personal ? personal.commit(event, clean.value) : clean.value;
  const time = new Date(given.time).toISOString();
  const whole = personal ? canonical(data) : clean.text;
  // A text has at least as many bytes as characters, and at most three times as many.
  const taken = whole.length * 3 > BLOB_ABOVE_BYTES ? takeLarge(event, data) : undefined;
  const blobs = taken && taken.blobs.length > 0 ? taken.blobs : undefined;
  const written = blobs ? canonical(taken?.data) : whole;
  const head =
    `{"actor":${actor.text},${blobs ? `"blobs":${canonical(blobs)},` : ''}` +
    `"data":${written},"event":${JSON.stringify(event)},`;
  const tail =
    `"mono":${canonical(mono)},"prev":"${prev}","run":${canonical(run)},"seq":${seq},` +
    `"step":${canonical(step)},"time":"${time}","v":${TRACE_VERSION}}`;
  const hash = sha256(head + tail);
  const value: { readonly [key: string]: unknown } = {
    actor: actor.value,
    data: personal ? personal.reveal(event, data) : data,
    event,
    hash,
    mono,
    prev,
    run,
    seq,
    step,
    time,
    v: TRACE_VERSION,
    ...(blobs && { blobs }),
  };
  if (!isNewLine(value)) throw new JournalError(`"${event}" does not fit the trace format: ${newLineProblem(value)}.`);
  return { text: `${head}"hash":"${hash}",${tail}`, value, contents: taken?.contents ?? NOTHING };
}

function cleanOf(given: unknown): Clean {
  const value = orderedJson(given, (text) => text);
  const text = canonical(value);
  if (!mayHoldSecret(text)) return { value, text };
  const clean = redact(value);
  return { value: clean, text: canonical(clean) };
}
