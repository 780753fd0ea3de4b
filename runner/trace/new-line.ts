import { type Actor, type Json, TRACE_VERSION, type TraceEventName, type TraceLine } from '../protocol/trace.js';
import { canonical, sha256, writtenJson } from './canonical.js';
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
  readonly seq: number;
  readonly prev: string;
  readonly mono: number;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
}

export interface LineMakerOptions {
  readonly run: string;
  /** Writes tokens for personal data; unless given it is written as it is. */
  readonly personal?: PersonalWriter | undefined;
}

/** A value without secrets, and its canonical JSON. */
interface Clean {
  readonly value: Json;
  readonly text: string;
}

export interface WrittenLine {
  /** As it stands in the file, without its newline. */
  readonly text: string;
  /** As a reader has it who has what lies beside the trace. */
  readonly value: TraceLine;
  /** What is kept beside the trace, by digest. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

const NOTHING: ReadonlyMap<string, Uint8Array> = new Map();

/**
 * Makes the lines of a run, one after the other: secrets out, tokens for personal data, large values aside, canonical, hashed.
 * Throws when one does not fit the format. What many lines have alike, its actors, its steps and the millisecond, is written out once.
 */
export function lineMaker({ run, personal }: LineMakerOptions): (given: NewLine) => WrittenLine {
  // A run has a few actors, whose objects do not change.
  const actors = new WeakMap<Actor, Clean>();
  const actorOf = (actor: Actor): Clean => {
    const known = actors.get(actor) ?? cleanOf(actor);
    actors.set(actor, known);
    return known;
  };
  const runText = canonical(run);
  const stepText = ofLast<string | null, string>(canonical);
  const timeText = ofLast((ms: number) => new Date(ms).toISOString());
  return (given) => lineOf(given, { run, runText, stepText, timeText, actorOf, personal });
}

/** The same function, which does nothing anew for what it was given last. */
function ofLast<From, To>(make: (from: From) => To): (from: From) => To {
  let last: { readonly from: From; readonly made: To } | undefined;
  return (from) => {
    if (last?.from !== from) last = { from, made: make(from) };
    return last.made;
  };
}

interface Known extends LineMakerOptions {
  readonly runText: string;
  readonly stepText: (step: string | null) => string;
  readonly timeText: (ms: number) => string;
  readonly actorOf: (actor: Actor) => Clean;
}

function lineOf(given: NewLine, { run, runText, stepText, timeText, actorOf, personal }: Known): WrittenLine {
  const { event, step, seq, prev, mono } = given;
  const actor = actorOf(given.actor);
  const clean = cleanOf(given.data);
  const data = personal ? personal.commit(event, clean.value) : clean.value;
  const time = timeText(given.time);
  const whole = personal ? canonical(data) : clean.text;
  // A text has at least as many bytes as characters, and at most three times as many.
  const taken = whole.length * 3 > BLOB_ABOVE_BYTES ? takeLarge(event, data) : undefined;
  const blobs = taken && taken.blobs.length > 0 ? taken.blobs : undefined;
  const written = blobs ? canonical(taken?.data) : whole;
  const head =
    `{"actor":${actor.text},${blobs ? `"blobs":${canonical(blobs)},` : ''}` +
    `"data":${written},"event":${JSON.stringify(event)},`;
  const tail =
    `"mono":${canonical(mono)},"prev":"${prev}","run":${runText},"seq":${seq},` +
    `"step":${stepText(step)},"time":"${time}","v":${TRACE_VERSION}}`;
  const hash = sha256(head + tail);
  // Of one layout, but for the few that have blobs.
  const line: { readonly [key: string]: unknown } = {
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
  };
  const value = blobs ? { ...line, blobs } : line;
  if (!isNewLine(value)) throw new JournalError(`"${event}" does not fit the trace format: ${newLineProblem(value)}.`);
  return { text: `${head}"hash":"${hash}",${tail}`, value, contents: taken?.contents ?? NOTHING };
}

function cleanOf(given: unknown): Clean {
  const written = writtenJson(given);
  if (!mayHoldSecret(written.text)) return written;
  const clean = redact(written.value);
  return { value: clean, text: canonical(clean) };
}
