import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CHECKED_LENGTH } from '../language/syntax/limits.js';
import { type FileState, keptTexts } from './kept-texts.js';

/** Files that no editor holds. */
export interface Disk {
  /** The text of a `file:` URI; `undefined` when it is not there, not text, or longer than 2 MiB. */
  read(uri: string): string | undefined;
  /** Whether a `file:` URI is a file, of any size and content. */
  exists(uri: string): boolean;
  /** Another one whenever the file changes; `undefined` where `read` would find nothing. */
  stamp(uri: string): string | undefined;
  /** URIs of the files below a folder whose names end in one of `suffixes`, in order of their paths. */
  list(folderUri: string, suffixes: readonly string[], signal: AbortSignal): Promise<string[]>;
  /** URIs of the files in a folder itself, in order of their names; none of a folder that cannot be read. */
  filesIn(folderUri: string): readonly string[];
}

/** Longer than any playbook or alert worth reading; the language reports the file as not readable. */
const MAX_BYTES = CHECKED_LENGTH;
/** A workspace may be a whole monorepo: the search is for files near the top. */
const MAX_DEPTH = 8;
const MAX_ENTRIES = 20_000;
const SKIPPED = new Set(['node_modules', 'dist', 'out']);

export function nodeDisk(): Disk {
  const textOf = keptTexts({ state, read, now: () => Date.now() });
  return {
    read(uri) {
      const file = pathOf(uri);
      return file === undefined ? undefined : textOf(file);
    },
    exists,
    filesIn,
    stamp(uri) {
      const file = pathOf(uri);
      return file === undefined ? undefined : state(file)?.stamp;
    },
    list,
  };
}

function read(file: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch {
    return undefined;
  }
}

function exists(uri: string): boolean {
  const file = pathOf(uri);
  try {
    return file !== undefined && statSync(file).isFile();
  } catch {
    return false;
  }
}

function state(file: string): FileState | undefined {
  try {
    const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
    if (!stat?.isFile() || stat.size > MAX_BYTES) return undefined;
    const { mtimeNs, ctimeNs, size, dev, ino, mtimeMs, ctimeMs } = stat;
    const changed = Math.max(Number(mtimeMs), Number(ctimeMs));
    return { changed, stamp: `${mtimeNs} ${ctimeNs} ${size} ${dev} ${ino}` };
  } catch {
    return undefined;
  }
}

async function list(folderUri: string, suffixes: readonly string[], signal: AbortSignal): Promise<string[]> {
  const top = pathOf(folderUri);
  if (top === undefined) return [];
  const found: string[] = [];
  let folders = [top];
  let seen = 0;
  for (let depth = 0; depth < MAX_DEPTH && folders.length > 0; depth++) {
    const below: string[] = [];
    for (const folder of folders) {
      if (signal.aborted || seen > MAX_ENTRIES) return found.sort();
      for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
        seen++;
        if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name)) {
          below.push(path.join(folder, entry.name));
        } else if (entry.isFile() && suffixes.some((suffix) => entry.name.endsWith(suffix))) {
          found.push(pathToFileURL(path.join(folder, entry.name)).href);
        }
      }
    }
    folders = below;
  }
  return found.sort();
}

function filesIn(folderUri: string): readonly string[] {
  const folder = pathOf(folderUri);
  if (folder === undefined) return [];
  try {
    const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    return names
      .map(({ name }) => name)
      .sort()
      .map((name) => pathToFileURL(path.join(folder, name)).href);
  } catch {
    return [];
  }
}

function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}
