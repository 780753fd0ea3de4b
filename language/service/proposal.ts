import type { Problem, TextEdit } from '../problem.js';

/** Something the editor can write for a person: what it is is told at once, the edits are worked out when it is chosen. */
export interface Proposal {
  readonly title: string;
  readonly kind: 'quickfix' | 'refactor.extract';
  /** What most people would choose. */
  readonly preferred: boolean;
  /** What it does away with. */
  readonly problems: readonly Problem[];
  /** Whether it makes a file, which not every client can. */
  readonly makesFile: boolean;
  /** Why it cannot be done here, as a sentence; then there are no edits. */
  readonly disabled?: string;
  readonly changes: () => readonly FileChange[];
}

/** Edits of one file, which is made first where there is none. */
export interface FileChange {
  readonly uri: string;
  readonly create: boolean;
  readonly edits: readonly TextEdit[];
}
