import { type Dirent, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { readText } from '../node-files.js';
import type { TraceEvents } from '../protocol/trace.js';
import { sha256 } from '../trace/canonical.js';

type Opened = Pick<TraceEvents['run.opened'], 'playbook' | 'case'>;

/** Entries of folders that are looked at before it is given up: a disk is no project. */
const MOST_ENTRIES = 100_000;
const SKIPPED = new Set(['node_modules', '.git']);

/**
 * Folders below `roots` from which the names that a trace gives its files lead to the playbook and to the very case of the run.
 * A trace names files from a folder that it does not name, since a path of one machine says nothing on another; what they
 * held it says by digest.
 */
export function findBases({ playbook, case: sample }: Opened, roots: readonly string[]): readonly string[] {
  // What lay elsewhere than the playbook is named by its whole path, and tells nothing of the folder.
  const known = isAbsolute(sample.file) ? playbook : sample;
  const isThere = (path: string, digest?: string): boolean => {
    const read = readText(path);
    return read.ok && (digest === undefined || sha256(read.text) === digest);
  };
  const bases = new Set<string>();
  let left = MOST_ENTRIES;
  const look = (folder: string): void => {
    const entries = entriesOf(folder);
    left -= entries.length;
    if (left < 0) return;
    const [first = ''] = known.file.split('/');
    if (entries.some(({ name }) => name === first)) {
      if (isThere(join(folder, known.file), known.digest) && isThere(join(folder, playbook.file))) bases.add(folder);
    }
    for (const entry of entries) if (entry.isDirectory() && !SKIPPED.has(entry.name)) look(join(folder, entry.name));
  };
  for (const root of roots) look(root);
  return [...bases];
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
