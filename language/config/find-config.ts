import type { FileHost } from '../host.js';
import { parseYaml } from '../syntax/parse.js';
import { buildConfig } from './build-config.js';
import { CONFIG_NAME, type Config } from './config.js';

/** The configuration that holds for a file, and where it was looked for. */
export interface FoundConfig {
  readonly config: Config | undefined;
  /** URIs that were looked at, present or not: when one changes, look again. */
  readonly candidates: readonly string[];
}

/**
 * Finds the nearest `countersign.config.yaml` in a file's folder or above. It is looked for up to the repository's root
 * (the nearest folder with `.git`), so that the answer is the same whoever asks and from where; outside a repository up
 * to the outermost of `roots` around the file, and without one in the file's own folder. `roots` are URIs of folders.
 */
export function findConfig(uri: string, host: FileHost, roots: readonly string[]): FoundConfig {
  const candidates: string[] = [];
  for (const folder of searched(foldersAbove(uri), host, roots)) {
    const candidate = folder + CONFIG_NAME;
    candidates.push(candidate);
    const text = host.read(candidate);
    if (text !== undefined) return { config: buildConfig(candidate, parseYaml(text).root), candidates };
  }
  return { config: undefined, candidates };
}

/** As `findConfig`, looking once for all the files of a folder. For many files of a host whose answers do not change. */
export function configFinder(host: FileHost, roots: readonly string[]): (uri: string) => Config | undefined {
  const byFolder = new Map<string, Config | undefined>();
  const byUri = new Map<string, Config>();
  return (uri) => {
    const folder = uri.replace(/[^/]*$/, '');
    if (byFolder.has(folder)) return byFolder.get(folder);
    const { config } = findConfig(uri, host, roots);
    const known = config && (byUri.get(config.uri) ?? config);
    if (known) byUri.set(known.uri, known);
    byFolder.set(folder, known);
    return known;
  };
}

function searched(folders: readonly string[], host: FileHost, roots: readonly string[]): readonly string[] {
  const repository = folders.findIndex(
    // In a linked working tree `.git` is a file.
    (folder) => host.read(`${folder}.git/HEAD`) !== undefined || host.read(`${folder}.git`) !== undefined,
  );
  if (repository >= 0) return folders.slice(0, repository + 1);
  const limits = new Set(roots.map((root) => (root.endsWith('/') ? root : `${root}/`)));
  return folders.slice(0, Math.max(1, folders.findLastIndex((folder) => limits.has(folder)) + 1));
}

/** The folders a file is in, the innermost first, each ending in `/`. */
function foldersAbove(uri: string): string[] {
  const top = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(uri)?.[0] ?? '';
  const folders: string[] = [];
  for (let end = uri.lastIndexOf('/'); end >= top.length; end = uri.lastIndexOf('/', end - 1)) {
    folders.push(uri.slice(0, end + 1));
    if (end === 0) break;
  }
  return folders;
}
