import { commitsOf, gitTrees, mergeBase, parentsOf, rootOf, type Tree } from '../../revisions/index.js';
import type { Occasion } from './event.js';

export type Compared =
  | { readonly ok: true; readonly root: string; readonly base: Tree; readonly head: Tree }
  | { readonly ok: false; readonly message: string };

const HISTORY =
  'actions/checkout fetches one commit by default; have it fetch the history: "- uses: actions/checkout@v5" with "fetch-depth: 0".';

/**
 * The two sides, out of git's objects alone: nothing is checked out, and no file of the pull request is run. A pull request is
 * compared as it would be merged, with the branch it goes into as it is now, so what that branch acknowledged meanwhile counts;
 * where the merge that GitHub made is not there, its head is compared with where it left that branch.
 *
 * @param folder inside the clone
 */
export async function comparedOf(occasion: Exclude<Occasion, { kind: 'refused' }>, folder: string): Promise<Compared> {
  const root = await rootOf(folder);
  if (!root.ok)
    return {
      ok: false,
      message: `There is no git repository in ${folder} (${root.reason}). Check it out first. ${HISTORY}`,
    };
  const found =
    occasion.kind === 'pull'
      ? await sidesOfPull(root.value, occasion)
      : ({ ok: true, base: occasion.base, head: occasion.head } as const);
  if (!found.ok) return found;
  const wanted = [found.base, found.head];
  const commits = await commitsOf(root.value, wanted);
  const missing = wanted.find((_, at) => !commits[at]?.ok);
  if (missing !== undefined) return { ok: false, message: `This clone has no "${missing}" to compare. ${HISTORY}` };
  const [base, head] = await gitTrees(root.value, wanted);
  if (!base?.ok) return { ok: false, message: `The base cannot be read: ${base?.reason}.` };
  if (!head?.ok) return { ok: false, message: `The head cannot be read: ${head?.reason}.` };
  return { ok: true, root: root.value, base: base.value, head: head.value };
}

async function sidesOfPull(
  root: string,
  { pull, sha }: Extract<Occasion, { kind: 'pull' }>,
): Promise<{ ok: true; base: string; head: string } | { ok: false; message: string }> {
  const parents = await parentsOf(root, sha);
  const [into, from, ...more] = parents.ok ? parents.value : [];
  if (into !== undefined && from === pull.head && more.length === 0) return { ok: true, base: into, head: sha };
  const left = await mergeBase(root, pull.head, pull.base);
  if (!left.ok)
    return {
      ok: false,
      message: `This clone does not have the commits of the pull request, ${pull.base.slice(0, 12)} and ${pull.head.slice(0, 12)}, with their history. ${HISTORY}`,
    };
  return { ok: true, base: left.value, head: pull.head };
}
