import path from 'node:path';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../../language/index.js';
import { reviewTrees, type Tree } from '../../revisions/index.js';
import { type DiffReport, reportOf } from './report.js';

export interface Files {
  readonly [file: string]: string;
}

/** Head of a playbook without agents, and steps for it. */
export const HEAD = EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted');
export const ACT = `  - id: suspend
    action: identity.suspend
    with: { user: "\${{ alert.entities.users[0] }}" }
`;
export const GATE = `  - id: ask
    gate: { ask: Go?, grants: [suspend], approvers: { roles: [analyst] }, timeout: 5m }
`;
export const GATED = `${HEAD}${GATE}${ACT}`;
/** Goes on when it is refused. */
export const HOLE = `${HEAD}${GATE}    on-reject: continue\n${ACT}`;
export const ALONE = `${HEAD}${ACT}    autonomy: notify\n    notify: { roles: [analyst] }\n    where: args.user in alert.entities.users\n`;

/** What is told of a change from some files to others, which are nowhere on disk. */
export function reportFrom(base: Files, head: Files, today = '2026-11-26'): DiffReport {
  const tree = (name: string, files: Files): Tree => {
    const all: Files = { ...EXAMPLE_FILES, ...files };
    return {
      name,
      commit: undefined,
      files: Object.keys(all)
        .filter((file) => !file.startsWith('suspend-user'))
        .sort(),
      read: (file) => all[file],
    };
  };
  const root = path.resolve('.');
  return reportOf(reviewTrees(tree('before', base), tree('after', head), root, today), root, today);
}
