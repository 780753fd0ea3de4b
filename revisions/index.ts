/** The files of git revisions, folders and the work tree, and how boundaries differ between them. */
export * from './disk-tree.js';
export * from './git-tree.js';
export * from './repository.js';
export * from './review-trees.js';
export * from './states.js';
export type { Opened, Tree } from './tree.js';
