import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { type FileHandle, open, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PERSONAL_TYPES, type PersonalEntry, tokenOf } from './personal.js';
import { syncFolder } from './sync-folder.js';
import { codeOf } from './system-error.js';

/** What the file beside a trace has: one JSON object a line, the first about the run, then one for each value. */
export interface PersonalData {
  readonly run: string;
  /** Under which the digests of calls are written, hex; `null` once erased. */
  readonly digests: string | null;
  readonly entries: readonly PersonalEntry[];
  /** Lines that say nothing: torn, or changed so that they do not fit their token. */
  readonly unfit: number;
}

/** Larger than that of any run. */
const MAX_BYTES = 64 * 1024 * 1024;

export type ReadPersonal =
  | { readonly ok: true; readonly data: PersonalData }
  | { readonly ok: false; readonly missing: boolean; readonly message: string };

/** Reads the file, and keeps only entries whose token is that of their value: it is not bound by the trace's chain. */
export function readPersonal(path: string): ReadPersonal {
  const bad = (why: string, missing = false): ReadPersonal => ({
    ok: false,
    missing,
    message: `The personal data ${path} cannot be read: ${why}.`,
  });
  let text: string;
  try {
    const file = openSync(path, 'r');
    try {
      const stat = fstatSync(file);
      if (!stat.isFile() || stat.size > MAX_BYTES) return bad('it is no file of a trace');
      text = readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' ? bad('there is no such file', true) : bad(`the system said ${code}`);
  }
  const [first, ...rest] = text.split('\n').filter((line) => line !== '');
  const head = parse(first);
  const digests = head?.digests;
  if (head?.v !== 1 || typeof head.run !== 'string' || !(digests === null || isSalt(digests))) {
    return bad('its first line is not that of version 1');
  }
  const entries = rest.map((line) => entryOf(parse(line)));
  const good = entries.filter((entry) => entry !== undefined);
  return { ok: true, data: { run: head.run, digests, entries: good, unfit: entries.length - good.length } };
}

function entryOf(value: { readonly [member: string]: unknown } | undefined): PersonalEntry | undefined {
  const type = PERSONAL_TYPES.find((one) => one === value?.type);
  const { value: text, token, salt } = value ?? {};
  if (type === undefined || typeof text !== 'string' || typeof token !== 'string' || !isSalt(salt)) return undefined;
  return tokenOf({ type, value: text }, salt) === token ? { type, value: text, token, salt } : undefined;
}

function isSalt(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function parse(line: string | undefined): { readonly [member: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(line ?? '');
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The line of an entry. */
export function entryLine(entry: PersonalEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/**
 * Replaces the file by one with other content, whole or not at all. What was erased is not in it any more; what the file
 * system, its copies and its backups keep is beyond this.
 */
export async function writePersonal(
  path: string,
  { run, digests, entries }: Omit<PersonalData, 'unfit'>,
): Promise<void> {
  const next = `${path}.new`;
  const text = `${JSON.stringify({ v: 1, run, digests })}\n${entries.map(entryLine).join('')}`;
  const file: FileHandle = await open(next, 'w', 0o600);
  try {
    await writeFile(file, text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
  await syncFolder(dirname(path));
}

/** Which entries to erase; their values in any case, as they are found in texts. */
export interface Erasing {
  readonly values?: readonly string[];
  readonly all?: boolean;
}

/**
 * Takes entries out, and with any of them the salt of the digests: under that salt somebody could try out names on the
 * digest of a call that has one.
 */
export async function erasePersonal(
  path: string,
  data: PersonalData,
  { values = [], all = false }: Erasing,
): Promise<number> {
  const gone = new Set(values.map((value) => value.toLowerCase()));
  const left = all ? [] : data.entries.filter(({ value }) => !gone.has(value.toLowerCase()));
  const erased = data.entries.length - left.length;
  if (erased > 0 || all) await writePersonal(path, { run: data.run, digests: null, entries: left });
  return erased;
}
