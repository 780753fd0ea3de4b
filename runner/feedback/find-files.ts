import { type Dirent, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { buildPlaybook } from '../../language/model/build-playbook.js';
import { fileKindOf } from '../../language/model/shape.js';
import { parseYaml } from '../../language/syntax/parse.js';
import { readText } from '../node-files.js';
import type { TraceEvents } from '../protocol/trace.js';
import { sha256 } from '../trace/canonical.js';

type Opened = Pick<TraceEvents['run.opened'], 'playbook' | 'case'>;

/** Entries of folders that are looked at before it is given up: a disk is no project. */
const MOST_ENTRIES = 100_000;
const SKIPPED = new Set(['node_modules', '.git']);

/** What was found below folders. */
export interface FoundBelow {
  readonly paths: readonly string[];
  /** Whether all of them was looked at: else there may be more. */
  readonly whole: boolean;
}

/** Says that not all was looked at. */
export const NOT_WHOLE = `There are more than ${MOST_ENTRIES.toLocaleString('en')} files and folders below this folder, so not all were looked at`;

/**
 * Folders below `roots` from which the names that a trace gives its files lead to the playbook and to the very case of the run.
 * A trace names files from a folder that it does not name, since a path of one machine says nothing on another; what they
 * held it says by digest.
 */
export function findBases({ playbook, case: sample }: Opened, roots: readonly string[]): FoundBelow {
  // What lay elsewhere than the playbook is named by its whole path, and tells nothing of the folder.
  const known = isAbsolute(sample.file) ? playbook : sample;
  const isThere = (path: string, digest?: string): boolean => {
    const read = readText(path);
    return read.ok && (digest === undefined || sha256(read.text) === digest);
  };
  const bases = new Set<string>();
  const [first = ''] = known.file.split('/');
  const whole = lookThrough(roots, (folder, entries) => {
    if (!entries.some(({ name }) => name === first)) return;
    if (isThere(join(folder, known.file), known.digest) && isThere(join(folder, playbook.file))) bases.add(folder);
  });
  return { paths: [...bases], whole };
}

/** Playbooks of an id below `roots`, sorted. */
export function findPlaybooks(id: string, roots: readonly string[]): FoundBelow {
  const found = new Set<string>();
  const whole = lookThrough(roots, (folder, entries) => {
    for (const entry of entries) {
      if (!entry.isFile() || fileKindOf(entry.name) !== 'playbook') continue;
      const read = readText(join(folder, entry.name));
      if (read.ok && buildPlaybook(parseYaml(read.text).root).id?.value === id) found.add(join(folder, entry.name));
    }
  });
  return { paths: [...found].sort(), whole };
}

/**
 * Folders and what is in them, as far as they can be read, before those in them; no more than a project has.
 *
 * @returns whether that was all
 */
function lookThrough(roots: readonly string[], look: (folder: string, entries: readonly Dirent[]) => void): boolean {
  let left = MOST_ENTRIES;
  const waiting = [...roots].reverse();
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = entriesOf(folder);
    left -= entries.length;
    if (left < 0) return false;
    look(folder, entries);
    for (const entry of entries.toReversed())
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) waiting.push(join(folder, entry.name));
  }
  return true;
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
