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

/** The commit that a revision names. What looks like an option is no revision. */
export async function commitOf(root: string, revision: string): Promise<Opened<string>> {
  if (revision === '' || revision.startsWith('-') || /[\0\n]/.test(revision))
    return { ok: false, reason: 'this is no name of a revision' };
  const found = await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  if (!found.ok) return { ok: false, reason: 'git knows no such revision here' };
  const commit = lineOf(found.value).replace(/^--end-of-options\n/, '');
  return /^[0-9a-f]{40,64}$/.test(commit)
    ? { ok: true, value: commit }
    : { ok: false, reason: 'git knows no such revision here' };
}

/** The branch that changes go into: what `origin` says, or else `main` or `master`. */
export async function defaultBranch(root: string): Promise<Opened<string>> {
  const head = await git(root, ['symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD']);
  const named = head.ok ? [lineOf(head.value)] : [];
  for (const name of [
    ...named,
    'refs/remotes/origin/main',
    'refs/heads/main',
    'refs/remotes/origin/master',
    'refs/heads/master',
  ]) {
    if ((await commitOf(root, name)).ok) return { ok: true, value: name.replace(/^refs\/(?:heads|remotes)\//, '') };
  }
  return { ok: false, reason: 'there is no branch "main" or "master", and "origin" names none as its own' };
}

/** Where a revision branched off from another one. */
export async function mergeBase(root: string, revision: string, other: string): Promise<Opened<string>> {
  const [a, b] = [await commitOf(root, revision), await commitOf(root, other)];
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
