/** All that the comparison of boundaries with a git revision needs: what a program may load only when it is asked for one. */
export { playbookIdOf, reviewGroupOf } from '../language/authority/diff/review.js';
export { acknowledgedIn } from './acknowledgements.js';
export { filesBelow } from './disk-tree.js';
export { gitTree, isOurs } from './git-tree.js';
export { branchesOf, commitOf, defaultBranch, mergeBase, rootOf } from './repository.js';
export { type ComparedFile, type FileReview, reviewsOf } from './review-trees.js';
export { fileIn, uriIn } from './states.js';
