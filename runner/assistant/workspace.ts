import { lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FileHost } from '../../language/host.js';
import { nodeFiles, pathOf, readText, type TextFile } from '../node-files.js';
import type { AssistantSurroundings } from '../protocol/assistant.js';

/** The files a language model may ask about: those really inside the folders, wherever links lead. */
export interface Workspace {
  /** The file a model means; `undefined` for what lies outside, whether there is such a file or not. */
  readonly find: (given: string) => WorkspaceFile | undefined;
  /** The text that counts: of the editor, or on disk. */
  readonly read: (file: WorkspaceFile) => TextFile;
  /** Reads these files alone. */
  readonly host: () => WorkspaceHost;
  /** Whether what is at a path, or would be made there, lies really inside. */
  readonly holds: (path: string) => boolean;
  /** A path as results name it: from its folder on. */
  readonly nameOf: (path: string) => string;
  /** Folders as URIs, for `findConfig`. */
  readonly roots: readonly string[];
}

export interface WorkspaceHost extends FileHost {
  readonly exists: (uri: string) => boolean;
  /** Paths that were asked for and lie outside. */
  readonly refused: ReadonlySet<string>;
  /** Paths whose text was the editor's. */
  readonly unsaved: ReadonlySet<string>;
}

export interface WorkspaceFile {
  /** Absolute. */
  readonly path: string;
  readonly uri: string;
  /** Index of the folder it lies in. */
  readonly folder: number;
}

export function workspaceOf({ folders, unsaved }: Pick<AssistantSurroundings, 'folders' | 'unsaved'>): Workspace {
  const real = folders.map(realPath);
  const texts = new Map(unsaved.map(({ path, text }) => [resolve(path), text]));
  const folderOf = (path: string): number => {
    const written = folders.findIndex((folder) => isWithin(folder, path));
    const target = realPath(path);
    // A link may lead from one folder of the workspace into another.
    const inside = target !== undefined && real.some((folder) => folder !== undefined && isWithin(folder, target));
    return inside ? written : -1;
  };
  const holds = (path: string): boolean => folderOf(resolve(path)) >= 0;
  const textOf = (path: string): TextFile => {
    const open = texts.get(path);
    return open === undefined ? readText(path) : { ok: true, text: open };
  };

  return {
    find(given) {
      // No path on any system, and the system's calls throw at it.
      if (given.includes('\0')) return undefined;
      const path = given.startsWith('file:') ? pathOf(given) : given;
      if (path === undefined) return undefined;
      const candidates = isAbsolute(path) ? [resolve(path)] : folders.map((folder) => resolve(folder, path));
      const inside = candidates.filter(holds);
      const chosen = inside.find((one) => texts.has(one) || nodeFiles().exists?.(pathToFileURL(one).href)) ?? inside[0];
      return chosen === undefined
        ? undefined
        : { path: chosen, uri: pathToFileURL(chosen).href, folder: folderOf(chosen) };
    },
    read: ({ path }) => textOf(path),
    host() {
      const files = nodeFiles();
      const refused = new Set<string>();
      const used = new Set<string>();
      const inside = (uri: string): string | undefined => {
        const path = pathOf(uri);
        if (path === undefined) return undefined;
        if (holds(path)) return path;
        refused.add(path);
        return undefined;
      };
      return {
        ...files,
        refused,
        unsaved: used,
        exists: (uri) => inside(uri) !== undefined && (files.exists?.(uri) ?? false),
        read(uri) {
          const path = inside(uri);
          if (path === undefined) return undefined;
          const open = texts.get(path);
          if (open === undefined) return files.read(uri);
          used.add(path);
          return open;
        },
      };
    },
    holds,
    nameOf(path) {
      const folder = folders.find((one) => isWithin(one, path));
      return folder === undefined ? path : relative(folder, path).split(sep).join('/');
    },
    roots: folders.map((folder) => pathToFileURL(folder).href),
  };
}

/** Whether a path, as it is written, is that of a folder or lies below it. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
}

/**
 * Where a path really leads; of one that is not there, where its nearest folder that is does. `undefined` for a link that
 * leads nowhere or in a circle: where it leads in a moment cannot be told. Never throws.
 */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    if (isThere(path)) return undefined;
    const above = dirname(path);
    const real = above === path ? path : realPath(above);
    return real === undefined ? undefined : join(real, relative(above, path));
  }
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
