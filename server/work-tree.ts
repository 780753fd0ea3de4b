import path from 'node:path';
import type { Tree } from '../revisions/tree.js';
import type { Comparing } from './load-comparing.js';
import type { Workspace } from './workspace.js';

/**
 * The files of a work tree as they are now: the texts of editors before those on disk, each as it was when it was first asked for,
 * so that a key pressed meanwhile changes nothing in the midst.
 * @param root a folder on disk
 * @param signal once aborted, the tree is not whole
 */
export async function workTree(
  workspace: Workspace,
  root: string,
  { fileIn, filesBelow, isOurs, uriIn }: Comparing,
  signal: AbortSignal,
): Promise<Tree> {
  const opened = workspace.documents().flatMap(({ uri }) => {
    const file = fileIn(root, uri);
    return file !== undefined && !isOutside(file) && isOurs(file) ? [file] : [];
  });
  const files = [...new Set([...(await filesBelow(root, signal)), ...opened])].sort();
  const texts = new Map<string, string | undefined>();
  return {
    name: 'work tree',
    commit: undefined,
    files,
    read(file) {
      if (!texts.has(file)) texts.set(file, workspace.read(uriIn(root, file)));
      return texts.get(file);
    },
  };
}

/** Whether a path from a folder, with `/`, leads out of it. */
export function isOutside(file: string): boolean {
  return file === '..' || file.startsWith('../') || path.isAbsolute(file);
}
