/** All that the comparison of a boundary with a git revision needs: what a program may load only when it is asked for one. */
export { playbookIdOf, reviewPlaybook, stateOf } from '../language/authority/diff/review.js';
export { gitTree } from './git-tree.js';
export { branchesOf, commitOf, defaultBranch, mergeBase, rootOf } from './repository.js';
export { stateOfTree, uriIn } from './states.js';
