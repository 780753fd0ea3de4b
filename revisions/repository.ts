import path from 'node:path';
import { git } from './git.js';
import type { Opened } from './tree.js';

/** The root of the work tree that a folder is in, spelt as the folder is: links on the way are not resolved. */
export async function rootOf(folder: string): Promise<Opened<string>> {
  const found = await git(folder, ['rev-parse', '--show-toplevel', '--show-cdup']);
  if (!found.ok) return found;
  const up = lineOf(found.value).split('\n').at(-1) ?? '';
  return { ok: true, value: path.resolve(folder, up) };
}

const UNKNOWN = { ok: false, reason: 'git knows no such revision here' } as const;

/** The commit that a revision names. */
export async function commitOf(root: string, revision: string): Promise<Opened<string>> {
  const [commit = UNKNOWN] = await commitsOf(root, [revision]);
  return commit;
}

/** The commits that revisions name, or why not. What looks like an option is no revision. */
export async function commitsOf(root: string, revisions: readonly string[]): Promise<readonly Opened<string>[]> {
  const isName = (revision: string): boolean =>
    revision !== '' && !revision.startsWith('-') && !/[\0\r\n]/.test(revision);
  const names = revisions.filter(isName).map((revision) => `${revision}^{commit}\n`);
  // One line of answer for each line asked: `<id> commit <size>`, or `<what was asked> missing` and the like.
  const answer = names.length === 0 ? undefined : await git(root, ['cat-file', '--batch-check'], names.join(''));
  // Some names make git give up as a whole, such as @{upstream} where there is none.
  if (answer?.ok === false && revisions.length > 1)
    return Promise.all(revisions.map((revision) => commitOf(root, revision)));
  const lines = answer?.ok ? answer.value.toString('utf8').split('\n') : [];
  return revisions.map((revision): Opened<string> => {
    if (!isName(revision)) return { ok: false, reason: 'this is no name of a revision' };
    const [, commit] = /^([0-9a-f]{40,64}) commit \d+$/.exec(lines.shift() ?? '') ?? [];
    return commit === undefined ? UNKNOWN : { ok: true, value: commit };
  });
}

/** The parents of a commit, as the commit itself names them: in a shallow clone they need not be there. */
export async function parentsOf(root: string, commit: string): Promise<Opened<readonly string[]>> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return UNKNOWN;
  const found = await git(root, ['cat-file', 'commit', commit]);
  if (!found.ok) return found;
  const [head = ''] = found.value.toString('utf8').split('\n\n');
  return { ok: true, value: [...head.matchAll(/^parent ([0-9a-f]{40,64})$/gm)].map(([, id = '']) => id) };
}

/** The branch that changes go into: what `origin` says, or else `main` or `master`. */
export async function defaultBranch(root: string): Promise<Opened<string>> {
  const head = await git(root, ['symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD']);
  const named = head.ok ? [lineOf(head.value)] : [];
  const names = [
    ...named,
    'refs/remotes/origin/main',
    'refs/heads/main',
    'refs/remotes/origin/master',
    'refs/heads/master',
  ];
  const commits = await commitsOf(root, names);
  const name = names.find((_, at) => commits[at]?.ok);
  if (name !== undefined) return { ok: true, value: name.replace(/^refs\/(?:heads|remotes)\//, '') };
  return { ok: false, reason: 'there is no branch "main" or "master", and "origin" names none as its own' };
}

/** Where a revision branched off from another one. */
export async function mergeBase(root: string, revision: string, other: string): Promise<Opened<string>> {
  const [a = UNKNOWN, b = UNKNOWN] = await commitsOf(root, [revision, other]);
  if (!a.ok) return a;
  if (!b.ok) return b;
  const found = await git(root, ['merge-base', a.value, b.value]);
  if (!found.ok)
    return { ok: false, reason: `"${revision}" and "${other}" have nothing in common here; fetch their history` };
  return { ok: true, value: lineOf(found.value) };
}

/** Names of branches, those used last first. */
export async function branchesOf(root: string): Promise<Opened<readonly string[]>> {
  const found = await git(root, [
    'for-each-ref',
    '--sort=-committerdate',
    '--count=200',
    '--format=%(refname)',
    'refs/heads',
    'refs/remotes',
  ]);
  if (!found.ok) return found;
  const names = found.value
    .toString('utf8')
    .split('\n')
    .filter((name) => name !== '' && !name.endsWith('/HEAD'));
  return { ok: true, value: names.map((name) => name.replace(/^refs\/(?:heads|remotes)\//, '')) };
}

function lineOf(answer: Buffer): string {
  return answer.toString('utf8').replace(/\r?\n$/, '');
}
