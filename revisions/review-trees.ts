import { touchedBetween } from '../language/authority/diff/mentions.js';
import { type PlaybookReview, pairPlaybooks, playbookIdOf, reviewPlaybook } from '../language/authority/diff/review.js';
import { fileKindOf } from '../language/model/shape.js';
import { stateOfTree, uriIn } from './states.js';
import type { Tree } from './tree.js';

/** A playbook that is to be compared: its path in each tree, as far as it is there. */
export interface ComparedFile {
  readonly base: string | undefined;
  readonly head: string | undefined;
}

export interface FileReview extends ComparedFile {
  readonly review: PlaybookReview;
}

/** How the boundaries of the playbooks of two trees differ. */
export interface TreeReview {
  readonly base: Tree;
  readonly head: Tree;
  /** Of each playbook that is in one of them, in the order of their paths. */
  readonly playbooks: readonly FileReview[];
}

/**
 * Compares every playbook of two trees.
 * @param root where both are taken to lie
 * @param isWanted whether a path is to be looked at; what those playbooks refer to is, wherever it is
 * @param pairs the playbooks to compare, where they are not to be found by their paths
 */
export function reviewTrees(
  base: Tree,
  head: Tree,
  root: string,
  today: string | undefined,
  isWanted?: (file: string) => boolean,
  pairs?: readonly ComparedFile[],
): TreeReview {
  return { base, head, playbooks: [...reviewsOf(base, head, root, today, isWanted, pairs)] };
}

/** As `reviewTrees`, one playbook after another: who has other things to do meanwhile stops in between. */
export function* reviewsOf(
  base: Tree,
  head: Tree,
  root: string,
  today: string | undefined,
  isWanted: (file: string) => boolean = () => true,
  pairs?: readonly ComparedFile[],
): Generator<FileReview, void> {
  const [before, after] = [stateOfTree(base, root, today), stateOfTree(head, root, today)];
  const playbooks = ({ files }: Tree): readonly string[] =>
    files.filter((file) => fileKindOf(file) === 'playbook' && isWanted(file));
  const idOf = (which: 'base' | 'head', file: string): string | undefined =>
    playbookIdOf((which === 'base' ? base : head).read(file) ?? '');
  const compared = pairs ?? pairPlaybooks(playbooks(base), playbooks(head), idOf);
  const touched = touchedBetween(before, after);
  const uri = (file: string | undefined): string | undefined => (file === undefined ? undefined : uriIn(root, file));
  const name = ({ base, head }: ComparedFile): string => head ?? base ?? '';
  for (const pair of [...compared].sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0)))
    yield { ...pair, review: reviewPlaybook(uri(pair.base), uri(pair.head), before, after, touched) };
}
