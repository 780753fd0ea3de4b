// `promises` is loaded when it is used, `node:fs/promises` in any case, which a comparison of two revisions would wait for.
import { closeSync, constants, fstatSync, openSync, promises, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileKindOf } from '../language/model/shape.js';
import { decode, SKIPPED, type Tree } from './tree.js';

const MAX_BYTES = 2 * 1024 * 1024;

/** The files of a folder as they are on disk. @param only paths of the files to list; all of ours below it by default */
export function diskTree(root: string, name: string, only?: readonly string[]): Tree {
  const files = only ?? [...below(root, '')].sort();
  const texts = new Map<string, string | undefined>();
  return {
    name,
    commit: undefined,
    files,
    read(file) {
      const full = path.resolve(root, ...file.split('/'));
      if (!texts.has(full)) texts.set(full, readText(full));
      return texts.get(full);
    },
  };
}

function* below(root: string, folder: string): Generator<string> {
  let entries: ReturnType<typeof entriesOf>;
  try {
    entries = entriesOf(path.join(root, folder));
  } catch {
    return;
  }
  for (const entry of entries) {
    const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* below(root, file);
    } else if (entry.isFile() && fileKindOf(entry.name)) yield file;
  }
}

/** The files that `diskTree` lists, sorted, for who has other things to do meanwhile. */
export async function filesBelow(root: string, signal: AbortSignal): Promise<readonly string[]> {
  const found: string[] = [];
  const folders = [''];
  for (const folder of folders) {
    if (signal.aborted) break;
    for (const entry of await promises.readdir(path.join(root, folder), { withFileTypes: true }).catch(() => [])) {
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) folders.push(file);
      else if (entry.isFile() && fileKindOf(entry.name)) found.push(file);
    }
  }
  return found.sort();
}

function entriesOf(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

function readText(file: string): string | undefined {
  let opened: number | undefined;
  try {
    // Without waiting: a pipe nobody writes to would hold this up for ever.
    opened = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(opened);
    return stats.isFile() && stats.size <= MAX_BYTES ? decode(readFileSync(opened)) : undefined;
  } catch {
    return undefined;
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}
