import { git } from './git.js';
import { gitTreeOf } from './git-tree.js';
import type { Opened, Tree } from './tree.js';

/** What a merge comes to. */
export interface Merged {
  readonly tree: Tree;
  /** Paths of files that git cannot merge, whatever the tree has in their place. */
  readonly conflicts: ReadonlySet<string>;
}

/**
 * What a merge that is under way comes to. While git asks a merge driver for one file, the work tree still has everything
 * else as it was, so the whole is merged once more, aside: nothing but objects is written.
 *
 * @param environment of a process that `git merge` started, which names what is being merged
 * @param driver the name of the merge driver that asks, which must not be asked again
 */
export async function mergedTree(
  root: string,
  environment: { readonly [name: string]: string | undefined },
  driver: string,
): Promise<Opened<Merged>> {
  const [other, ...more] = Object.keys(environment).flatMap(
    (name) => /^GITHEAD_([0-9a-f]{40,64})$/.exec(name)?.[1] ?? [],
  );
  if (other === undefined || more.length > 0)
    return { ok: false, reason: 'git does not say which two commits are being merged, as in a rebase' };
  const aside = ['-c', `merge.${driver}.driver=true`];
  // 1: there are conflicts.
  const merged = await git(root, [...aside, 'merge-tree', '--write-tree', '-z', 'HEAD', other], '', [0, 1]);
  if (!merged.ok) return merged;
  const [id = '', ...rest] = merged.value.toString('utf8').split('\0');
  if (!/^[0-9a-f]{40,64}$/.test(id)) return { ok: false, reason: 'git does not say what the merge comes to' };
  // Until an empty one: `<mode> <id> <stage>\t<path>`. What follows is for people.
  const conflicts = new Set<string>();
  for (const line of rest) {
    const [, file] = /^\d+ [0-9a-f]+ [123]\t(.*)$/s.exec(line) ?? [];
    if (file === undefined) break;
    conflicts.add(file);
  }
  const tree = await gitTreeOf(root, id, 'the merge', undefined);
  return tree.ok ? { ok: true, value: { tree: tree.value, conflicts } } : tree;
}
