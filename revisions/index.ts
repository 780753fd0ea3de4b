/** The files of git revisions, folders and the work tree, and how boundaries differ between them. */
export * from './acknowledgements.js';
export * from './disk-tree.js';
export { gitTree, gitTrees } from './git-tree.js';
export * from './merged-tree.js';
export * from './repository.js';
export * from './review-trees.js';
export * from './states.js';
export { type Opened, RECORD, SKIPPED, type Tree } from './tree.js';
