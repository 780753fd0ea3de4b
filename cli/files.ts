import { readdirSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { fileKindOf } from '../language/model/shape.js';

export function uriOf(file: string): string {
  return pathToFileURL(path.resolve(file)).href;
}

/** A path as people and machines read it: relative to `folder` where it lies below it, with `/`. */
export function shownPath(file: string, folder = process.cwd()): string {
  const relative = path.relative(folder, path.resolve(file));
  const shown =
    relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? path.resolve(file) : relative;
  return shown.split(path.sep).join('/');
}

/** What is at a path; `undefined` for nothing and for what cannot be reached (no permission, links in a circle). */
export function statOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

const SKIPPED = new Set(['node_modules', '.git', 'dist', 'out']);

export type Found =
  | { readonly ok: true; readonly files: readonly string[] }
  | { readonly ok: false; readonly usage: boolean; readonly message: string };

/** The files of ours that `paths` name or contain, sorted, each once. Links to folders are not followed. */
export function findFiles(paths: readonly string[]): Found {
  const files = new Set<string>();
  for (const given of paths) {
    const stat = statOf(given);
    if (!stat) return { ok: false, usage: false, message: `There is no file or folder "${plainPath(given)}".` };
    if (stat.isDirectory()) {
      for (const file of below(given, (name) => fileKindOf(name) !== undefined)) files.add(path.resolve(file));
    } else if (fileKindOf(given)) {
      files.add(path.resolve(given));
    } else {
      const message = `"${plainPath(given)}" is not a file this command checks. Names end in .playbook.yaml, .tools.yaml, .policy.yaml, .policy.test.yaml, .case.yaml or .mapping.yaml, or are countersign.config.yaml.`;
      return { ok: false, usage: true, message };
    }
  }
  if (files.size === 0) {
    const where = paths.map((given) => `"${plainPath(given)}"`).join(', ');
    return {
      ok: false,
      usage: false,
      message: `There is nothing to check in ${where}: no *.playbook.yaml, *.tools.yaml, *.policy.yaml, *.policy.test.yaml, *.case.yaml or *.mapping.yaml.`,
    };
  }
  return { ok: true, files: [...files].sort() };
}

/** Files below a folder whose names are wanted; folders that cannot be read, and those of tools, are left out. */
export function* below(folder: string, isWanted: (name: string) => boolean): Generator<string> {
  let entries: ReturnType<typeof entriesOf>;
  try {
    entries = entriesOf(folder);
  } catch {
    return;
  }
  for (const entry of entries) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* below(full, isWanted);
    } else if (entry.isFile() && isWanted(entry.name)) yield full;
  }
}

/** Files of a folder itself whose names are wanted; none of one that cannot be read. */
export function filesIn(folder: string, isWanted: (name: string) => boolean): readonly string[] {
  let entries: ReturnType<typeof entriesOf>;
  try {
    entries = entriesOf(folder);
  } catch {
    return [];
  }
  return entries.filter((entry) => entry.isFile() && isWanted(entry.name)).map(({ name }) => path.join(folder, name));
}

function entriesOf(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

function plainPath(given: string): string {
  return JSON.stringify(given).slice(1, -1);
}
