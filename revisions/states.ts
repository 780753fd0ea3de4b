import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stateOf } from '../language/authority/diff/review.js';
import type { State } from '../language/authority/diff/states.js';
import { type FileHost, keptFiles } from '../language/host.js';
import { fileKindOf } from '../language/model/shape.js';
import type { Tree } from './tree.js';

/** The files of a tree, each under the URI that it has, or would have, below `root`. */
export function hostOfTree(tree: Tree, root: string, today: string | undefined): FileHost {
  const kept = keptFiles();
  return {
    ...(today === undefined ? {} : { today }),
    kept,
    read(uri) {
      const file = fileIn(root, uri);
      return file === undefined ? undefined : tree.read(file);
    },
  };
}

/** A tree as the language reads it. */
export function stateOfTree(tree: Tree, root: string, today: string | undefined): State {
  const host = hostOfTree(tree, root, today);
  const catalogs = tree.files.filter((file) => fileKindOf(file) === 'tools');
  return stateOf(
    host,
    catalogs.map((file) => uriIn(root, file)),
  );
}

/** The URI of a file of a tree. */
export function uriIn(root: string, file: string): string {
  return pathToFileURL(path.join(root, ...file.split('/'))).href;
}

/** The path of a file from the root of a tree, with `/`; `undefined` for what is no file on disk. */
export function fileIn(root: string, uri: string): string | undefined {
  const file = pathOf(uri);
  return file === undefined ? undefined : path.relative(root, file).split(path.sep).join('/');
}

function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file://') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}
