import path from 'node:path';
import { fileKindOf } from '../../language/model/shape.js';
import {
  type ComparedFile,
  commitOf,
  defaultBranch,
  diskTree,
  gitTrees,
  mergeBase,
  rootOf,
  type Tree,
} from '../../revisions/index.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { statOf } from '../files.js';

/** What is to be compared. */
export interface Sides {
  readonly base: Tree;
  readonly head: Tree;
  /** Where both are taken to lie. */
  readonly root: string;
  readonly isWanted: (file: string) => boolean;
  /** The files to compare, where two files were named. */
  readonly pairs?: readonly ComparedFile[];
}

export type SidesOrNot =
  | { readonly ok: true; readonly sides: Sides }
  | { readonly ok: false; readonly code: ExitCode; readonly message: string };

const NO_INPUT = (message: string): SidesOrNot => ({ ok: false, code: EXIT.noInput, message });
const USAGE = (message: string): SidesOrNot => ({ ok: false, code: EXIT.usage, message });

/**
 * What BASE and HEAD name. What is there as a file or folder is one; anything else is a git revision. Without HEAD it is the
 * work tree, without BASE where the work left the branch that changes go into.
 */
export async function sidesOf(given: readonly string[]): Promise<SidesOrNot> {
  const [baseName, headName] = given;
  const [baseStat, headStat] = [baseName, headName].map((name) => (name === undefined ? undefined : statOf(name)));
  if (baseName !== undefined && baseStat) {
    if (headName === undefined)
      return USAGE(`"${baseName}" is a file or folder, so HEAD has to be one, too. Name what it is compared with.`);
    if (!headStat) return NO_INPUT(`There is no file or folder "${headName}" to compare "${baseName}" with.`);
    return twoPaths(baseName, headName, baseStat.isDirectory(), headStat.isDirectory());
  }
  const root = await rootOf(process.cwd());
  if (!root.ok)
    return NO_INPUT(`This folder is in no git work tree (${root.reason}). Name two folders or files to compare.`);
  const revision = headName !== undefined && !headStat ? headName : undefined;
  const from = await baseOf(root.value, baseName);
  if (!from.ok) return from;
  const [base, other] = await gitTrees(root.value, [from.revision, ...(revision === undefined ? [] : [revision])]);
  if (!base?.ok) return NO_INPUT(`"${from.revision}" is no file, folder or revision: ${base?.reason}.`);
  const here = below(root.value, process.cwd());
  const sides = (head: Tree, isWanted = here): SidesOrNot => ({
    ok: true,
    sides: { base: { ...base.value, name: from.name }, head, root: root.value, isWanted },
  });
  if (headName === undefined) return sides(diskTree(root.value, 'work tree'));
  if (!headStat) {
    return other?.ok ? sides(other.value) : NO_INPUT(`"${headName}" is no file, folder or revision: ${other?.reason}.`);
  }
  const head = path.resolve(headName);
  const inside = path.relative(root.value, head);
  if (inside.startsWith('..') || path.isAbsolute(inside))
    return USAGE(`"${headName}" is outside of this repository, so it cannot be compared with a revision of it.`);
  const tree = diskTree(root.value, 'work tree');
  if (headStat.isDirectory()) return sides(tree, below(root.value, head));
  const file = inside.split(path.sep).join('/');
  return fileKindOf(file) === 'playbook' ? sides(tree, (one) => one === file) : USAGE(noPlaybook(headName));
}

function noPlaybook(name: string): string {
  return `"${name}" is no playbook: their names end in .playbook.yaml. Name the folder instead to compare all playbooks in it.`;
}

type BaseOrNot =
  | { readonly ok: true; readonly revision: string; readonly name: string }
  | Extract<SidesOrNot, { readonly ok: false }>;

async function baseOf(root: string, name: string | undefined): Promise<BaseOrNot> {
  const no = (message: string): BaseOrNot => ({ ok: false, code: EXIT.noInput, message });
  if (name !== undefined) return { ok: true, revision: name, name };
  const head = await commitOf(root, 'HEAD');
  if (!head.ok) return no('There is no commit yet to compare with.');
  const branch = await defaultBranch(root);
  if (!branch.ok) return no(`What to compare with cannot be told: ${branch.reason}. Name it: countersign diff BASE.`);
  const base = await mergeBase(root, 'HEAD', branch.value);
  if (!base.ok) return no(`What to compare with cannot be told: ${base.reason}. Or name it: countersign diff BASE.`);
  return { ok: true, revision: base.value, name: `where HEAD left ${branch.value}` };
}

function twoPaths(base: string, head: string, baseIsFolder: boolean, headIsFolder: boolean): SidesOrNot {
  if (baseIsFolder !== headIsFolder) return USAGE('BASE and HEAD have to be two folders, or two files.');
  if (baseIsFolder) {
    const root = path.resolve(head);
    const sides = { base: diskTree(path.resolve(base), base), head: diskTree(root, head), root, isWanted: () => true };
    return { ok: true, sides };
  }
  for (const name of [base, head]) if (fileKindOf(name) !== 'playbook') return USAGE(noPlaybook(name));
  const [was, is] = [path.basename(base), path.basename(head)];
  const root = path.dirname(path.resolve(head));
  return {
    ok: true,
    sides: {
      base: diskTree(path.dirname(path.resolve(base)), base, [was]),
      head: diskTree(root, head, [is]),
      root,
      isWanted: () => true,
      pairs: [{ base: was, head: is }],
    },
  };
}

/** Whether a path from the root lies below a folder. */
function below(root: string, folder: string): (file: string) => boolean {
  const prefix = path.relative(root, folder).split(path.sep).join('/');
  return (file) => prefix === '' || file.startsWith(`${prefix}/`);
}
