import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dayOf, type FileHost, keptFiles } from '../language/host.js';
import { CHECKED_LENGTH } from '../language/syntax/limits.js';

export type TextFile =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly fault: TextFault; readonly reason: string };

export type TextFault = 'missing' | 'no-file' | 'too-large' | 'unreadable' | 'not-text';

/** The text of a file of at most 2 MiB, or `limit` bytes. Never throws; the reason is for a person. */
export function readText(path: string, limit: number = CHECKED_LENGTH): TextFile {
  let file: number | undefined;
  try {
    // Without waiting: a pipe nobody writes to would hold this up for ever.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(file);
    if (!stats.isFile()) return { ok: false, fault: 'no-file', reason: 'it is not a file' };
    if (stats.size > limit) {
      const reason = `it has ${stats.size} bytes; at most ${limit} are read`;
      return { ok: false, fault: 'too-large', reason };
    }
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return { ok: false, fault: 'missing', reason: 'there is no such file' };
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return { ok: false, fault: 'not-text', reason: 'it is not UTF-8 text' };
    const forbidden = code === 'EACCES' || code === 'EPERM';
    const reason = forbidden ? 'there is no permission to read it' : `the system said ${String(code ?? error)}`;
    return { ok: false, fault: 'unreadable', reason };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Files of this machine by `file:` URI. Remembers what it read, so that digests are of the very texts that were used. */
export function nodeFiles(): FileHost & { readonly texts: ReadonlyMap<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    kept: keptFiles(),
    today: dayOf(new Date()),
    exists(uri) {
      try {
        const path = pathOf(uri);
        return path !== undefined && statSync(path).isFile();
      } catch {
        return false;
      }
    },
    read(uri) {
      const known = texts.get(uri);
      if (known !== undefined) return known;
      const path = pathOf(uri);
      const file = path === undefined ? undefined : readText(path);
      if (!file?.ok) return undefined;
      texts.set(uri, file.text);
      return file.text;
    },
  };
}

/** The path of a `file:` URI; `undefined` for any other. */
export function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file://') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}
