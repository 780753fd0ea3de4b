import { type FileHandle, open } from 'node:fs/promises';
import type { Json, TraceEventName } from '../protocol/trace.js';
import { append } from './append.js';
import {
  committedDigest,
  findPersonal,
  mapPersonal,
  type PersonalEntry,
  type PersonalValue,
  reveal,
  SALT_BYTES,
  tokenOf,
} from './personal.js';
import { entryLine, writePersonal } from './personal-file.js';

/** Writes tokens for the personal data of one alert, and what they stand for into the file beside the trace. */
export interface PersonalWriter {
  /** An event's data with tokens. Appends to the file what has none yet. Throws what the system says. */
  commit(event: TraceEventName, data: Json): Json;
  /** An event's data with the values for the tokens. */
  reveal(event: TraceEventName, data: Json): Json;
  /** A call's digest as it is written. */
  digest(digest: string): string;
  /** Has the file on disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Makes the file beside a new trace. Rejects with what the system says. */
export async function newPersonal(
  path: string,
  run: string,
  { values, random }: Pick<PersonalParts, 'values' | 'random'>,
): Promise<PersonalWriter> {
  const digests = Buffer.from(random(SALT_BYTES)).toString('hex');
  await writePersonal(path, { run, digests, entries: [] });
  return openPersonal(path, { values, entries: [], digests, random });
}

/** Goes on with the file beside a trace, without what a crash tore. */
export async function resumedPersonal(
  path: string,
  {
    run,
    digests,
    entries,
    random,
    written,
  }: Pick<PersonalParts, 'digests' | 'entries' | 'random' | 'written'> & { readonly run: string },
): Promise<PersonalWriter> {
  await writePersonal(path, { run, digests, entries });
  return openPersonal(path, { values: [], entries, digests, random, written });
}

async function openPersonal(path: string, parts: Omit<PersonalParts, 'file' | 'size'>): Promise<PersonalWriter> {
  const file = await open(path, 'a', 0o600);
  const { size } = await file.stat();
  return personalWriter({ ...parts, file, size });
}

export interface PersonalParts {
  /** Opened for appending; `size` bytes long. */
  readonly file: Pick<FileHandle, 'fd' | 'datasync' | 'close'>;
  readonly size: number;
  /** What to look for, besides the values of `entries`. Each gets a token at once, found or not: a run that goes on knows it. */
  readonly values: readonly PersonalValue[];
  /** What has tokens already. */
  readonly entries: readonly PersonalEntry[];
  readonly digests: string;
  readonly random: (bytes: number) => Uint8Array;
  /** Digests that are in the trace already, as they are written: they are not committed once more. */
  readonly written?: ReadonlySet<string> | undefined;
}

export function personalWriter({
  file,
  size,
  values,
  entries,
  digests,
  random,
  written,
}: PersonalParts): PersonalWriter {
  const find = findPersonal([...values, ...entries]);
  const tokens = new Map(entries.map(({ type, value, token }) => [`${type} ${value}`, token]));
  const known = new Map(entries.map(({ token, value }) => [token, value]));
  let bytes = size;
  let synced = true;
  /** One after the other: who waits for the second has waited for the first. */
  let syncing = Promise.resolve();
  const token = ({ type, value }: PersonalValue): string => {
    const key = `${type} ${value}`;
    const old = tokens.get(key);
    if (old !== undefined) return old;
    const salt = Buffer.from(random(SALT_BYTES)).toString('hex');
    const fresh = tokenOf({ type, value }, salt);
    const line = Buffer.from(entryLine({ type, value, token: fresh, salt }));
    append(file.fd, line, bytes);
    bytes += line.length;
    synced = false;
    tokens.set(key, fresh);
    known.set(fresh, value);
    return fresh;
  };
  for (const one of values) token(one);
  const digest = (one: string): string => (written?.has(one) ? one : committedDigest(one, digests));
  return {
    commit: (event, data) => mapPersonal(event, data, (text) => find(text, token), digest),
    reveal: (event, data) => reveal(event, data, known),
    digest,
    sync() {
      if (!synced) syncing = syncing.then(() => file.datasync());
      synced = true;
      return syncing;
    },
    close: () => file.close(),
  };
}
