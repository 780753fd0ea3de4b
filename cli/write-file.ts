import { randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/**
 * Replaces a file's text, all or nothing: whoever reads it meanwhile sees the old or the new. Keeps its mode and its byte
 * order mark, and writes where a link leads. `was` is the text the new one was made from; when the file says something
 * else by now it is left alone. What went wrong is said for a person.
 */
export function replaceText(file: string, was: string, text: string): string | undefined {
  let temporary: string | undefined;
  try {
    const target = realpathSync(file);
    // A rename would also replace what may not be written.
    accessSync(target, constants.W_OK);
    const bytes = readFileSync(target);
    if (new TextDecoder().decode(bytes) !== was) return 'it was changed meanwhile';
    const mark = bytes.subarray(0, 3).equals(MARK) ? MARK : Buffer.alloc(0);
    temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}.tmp`);
    const descriptor = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(descriptor, Buffer.concat([mark, Buffer.from(text)]));
      fchmodSync(descriptor, statSync(target).mode);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, target);
    temporary = undefined;
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'there is no permission to write it';
    return `it could not be written${code === undefined ? '' : ` (${code})`}`;
  } finally {
    if (temporary !== undefined) rmSync(temporary, { force: true });
  }
}

/** UTF-8 byte order mark, which reading takes away. */
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
