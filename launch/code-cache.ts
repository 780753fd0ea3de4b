import { isAscii } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';

/** A program compiled before: most of its start, and of what it does first, is the compiling of its text. */
export interface CachedProgram {
  /** The program's function, as Node's module loader wraps it; calling it runs the program. */
  readonly start: (
    exports: object,
    require: NodeJS.Require,
    module: { exports: object },
    filename: string,
    dirname: string,
  ) => void;
  /** Whether what was compiled before was used. */
  readonly warm: boolean;
  /**
   * Keeps what is compiled by now, also what was compiled since the start, for the next time. To be called when nobody waits
   * any more: it takes some 15 ms. Does nothing when there is little to add, and says nothing when it cannot.
   */
  readonly keep: () => void;
}

export interface ProgramOptions {
  /** Where it is kept; `undefined`: nowhere, so the program is compiled as ever. */
  readonly folder: string | undefined;
  /** All else that decides what code fits: the version of Node, its flags, which part of the program is used. */
  readonly variant: readonly string[];
}

/** So many files stay in the folder; older ones, of versions that are gone, are removed. */
const KEPT = 24;
const DIGEST_BYTES = 32;

/** What the next start is spared must have grown by this much, or it is not written again. */
const WORTH_KEEPING = 1.1;

/**
 * A bundle of CommonJS, compiled anew or taken from what an earlier process of the same user kept. V8 itself only looks whether
 * the length of the text, its own version and its flags are the same; so the name of a file is the digest of the whole text,
 * and a file begins with the digest of what follows. A bundle has no line for a shell (`#!`). Never throws for want of a cache;
 * throws what Node throws when the program cannot be read or compiled.
 */
export function cachedProgram(file: string, { folder, variant }: ProgramOptions): CachedProgram {
  const wrapped = readWrapped(file);
  const source = wrapped.subarray(HEAD.length, -TAIL.length);
  const kept = folder === undefined ? undefined : keptFile(folder, [path.basename(file), ...variant], source);
  const cachedData = kept === undefined ? undefined : readKept(kept);
  const script = new Script(textOf(wrapped), {
    filename: file,
    columnOffset: -HEAD.length,
    ...(cachedData && { cachedData }),
  });
  const warm = cachedData !== undefined && script.cachedDataRejected === false;
  return {
    start: script.runInThisContext(),
    warm,
    keep: () => {
      if (kept === undefined) return;
      const data = script.createCachedData();
      if (warm && data.length < cachedData.length * WORTH_KEEPING) return;
      writeKept(kept, data);
    },
  };
}

const HEAD = '(function (exports, require, module, __filename, __dirname) {';
const TAIL = '\n})';

/** A file between `HEAD` and `TAIL`, read to where it belongs: to put a bundle of 2.5 MB together from its parts takes 1.5 ms. */
function readWrapped(file: string): Buffer {
  const opened = openSync(file, 'r');
  try {
    const { size } = fstatSync(opened);
    const bytes = Buffer.allocUnsafe(HEAD.length + size + TAIL.length);
    let at = bytes.write(HEAD);
    const end = at + size;
    while (at < end) {
      const read = readSync(opened, bytes, at, end - at, null);
      if (read === 0) break;
      at += read;
    }
    return bytes.subarray(0, at + bytes.write(TAIL, at));
  } finally {
    closeSync(opened);
  }
}

/** Our bundles hold ASCII alone, and are read in a third of the time as what they are. */
function textOf(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}

/** Where a program's code is kept, in a folder that nobody else can write to: what lies there is run. */
function keptFile(folder: string, parts: readonly string[], source: Buffer): string | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!isOursAlone(folder)) return undefined;
  } catch {
    return undefined;
  }
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  hash.update(`${source.length}:`).update(source);
  return path.join(folder, `${hash.digest('hex').slice(0, 40)}.code`);
}

/** A folder, not a link to one, of this user, writable by nobody else. Windows has no such modes: the folder is the user's. */
function isOursAlone(folder: string): boolean {
  const found = lstatSync(folder);
  if (!found.isDirectory()) return false;
  return process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
}

function readKept(file: string): Buffer | undefined {
  try {
    const bytes = readFileSync(file);
    const data = bytes.subarray(DIGEST_BYTES);
    return digestOf(data).equals(bytes.subarray(0, DIGEST_BYTES)) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all: another process may read it at any time. */
function writeKept(file: string, data: Buffer): void {
  const folder = path.dirname(file);
  const part = path.join(folder, `${process.pid}.${path.basename(file)}.part`);
  try {
    writeFileSync(part, Buffer.concat([digestOf(data), data]), { mode: 0o600 });
    renameSync(part, file);
    removeOld(folder);
  } catch {
    rmSync(part, { force: true });
  }
}

function removeOld(folder: string): void {
  const found = readdirSync(folder)
    .filter((name) => /\.(code|part)$/.test(name))
    .map((name) => ({ name, time: lstatSync(path.join(folder, name)).mtimeMs }))
    .sort((one, other) => other.time - one.time);
  for (const { name } of found.slice(KEPT)) rmSync(path.join(folder, name), { force: true });
}

function digestOf(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
