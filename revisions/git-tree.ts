import path from 'node:path/posix';
import { fileKindOf } from '../language/model/shape.js';
import { git, gitNow } from './git.js';
import { commitsOf } from './repository.js';
import { decode, type Opened, RECORD, SKIPPED, type Tree } from './tree.js';

/** Longer than any playbook worth reading; as everywhere. */
const MAX_BYTES = 2 * 1024 * 1024;
/** Links that lead to links. */
const MAX_LINKS = 5;

interface Blob {
  readonly id: string;
  readonly isLink: boolean;
}

/** The files of a git revision. */
export async function gitTree(root: string, revision: string): Promise<Opened<Tree>> {
  const [tree = UNKNOWN] = await gitTrees(root, [revision]);
  return tree;
}

const UNKNOWN = { ok: false, reason: 'git knows no such revision here' } as const;

/** The files of several git revisions, or why one cannot be had. What they have in common is read once. */
export async function gitTrees(root: string, revisions: readonly string[]): Promise<readonly Opened<Tree>[]> {
  const commits = await commitsOf(root, revisions);
  return treesOf(
    root,
    commits.map((commit, at) =>
      commit.ok ? { ok: true, value: { id: commit.value, name: revisions[at] ?? '', commit: commit.value } } : commit,
    ),
  );
}

/** The files of a git tree, by its id. */
export async function gitTreeOf(
  root: string,
  id: string,
  name: string,
  commit: string | undefined,
): Promise<Opened<Tree>> {
  const [tree = UNKNOWN] = await treesOf(root, [{ ok: true, value: { id, name, commit } }]);
  return tree;
}

interface Named extends Pick<Tree, 'name' | 'commit'> {
  /** Of a commit or a tree. */
  readonly id: string;
}

interface Listed extends Named {
  readonly blobs: ReadonlyMap<string, Blob>;
  readonly files: readonly string[];
}

/**
 * The files of git trees. What is ours is read at once, other files when they are asked for. Nothing of the repository's
 * configuration is applied to them: no filters, no text conversion.
 */
async function treesOf(root: string, named: readonly Opened<Named>[]): Promise<readonly Opened<Tree>[]> {
  const listed = await Promise.all(named.map((one) => (one.ok ? listOf(root, one.value) : one)));
  const lists = listed.flatMap((one) => (one.ok ? [one.value] : []));
  const texts = await blobTexts(root, new Set(lists.flatMap(({ blobs, files }) => idsOfOurs(blobs, files))));
  if (!texts.ok) return listed.map((one) => (one.ok ? texts : one));
  return listed.map((one) => (one.ok ? { ok: true, value: treeOf(one.value, texts.value) } : one));
}

async function listOf(root: string, named: Named): Promise<Opened<Listed>> {
  const listed = await git(root, ['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', named.id]);
  if (!listed.ok) return listed;
  const blobs = blobsOf(listed.value.toString('utf8'));
  return { ok: true, value: { ...named, blobs, files: [...blobs.keys()].filter(isOurs).sort() } };
}

/** Blobs that are read whatever is asked for. */
function idsOfOurs(blobs: ReadonlyMap<string, Blob>, files: readonly string[]): readonly string[] {
  const records = [...blobs.keys()].filter((file) => file.endsWith(RECORD));
  return [...files, ...records].flatMap((file) => blobs.get(file)?.id ?? []);
}

function treeOf({ name, commit, files, blobs }: Listed, textOf: (id: string) => string | undefined): Tree {
  const read = (file: string, links = 0): string | undefined => {
    const blob = blobs.get(path.normalize(file));
    const text = blob && textOf(blob.id);
    if (!blob?.isLink || text === undefined) return text;
    return links < MAX_LINKS ? read(path.join(path.dirname(file), text), links + 1) : undefined;
  };
  return { name, commit, files, read: (file) => read(file) };
}

/** The texts of blobs: these at once, others when they are asked for. */
async function blobTexts(root: string, ids: ReadonlySet<string>): Promise<Opened<(id: string) => string | undefined>> {
  const texts = new Map<string, string | undefined>([...ids].map((id) => [id, undefined]));
  if (ids.size > 0) {
    const sizes = await git(root, ['cat-file', '--batch-check'], linesOf([...ids]));
    if (!sizes.ok) return sizes;
    // Files that are not there would look as if they had been deleted.
    if (/ missing$/m.test(sizes.value.toString('utf8')))
      return {
        ok: false,
        reason: 'the content of some files is not in this clone, as in a partial one: fetch it first',
      };
    const answered = await git(root, ['cat-file', '--batch'], linesOf(shortOnes(sizes.value)));
    if (!answered.ok) return answered;
    for (const [id, text] of textsOf(answered.value)) texts.set(id, text);
  }
  const value = (id: string): string | undefined => {
    if (!texts.has(id)) texts.set(id, textNow(root, id));
    return texts.get(id);
  };
  return { ok: true, value };
}

function isOurs(file: string): boolean {
  return fileKindOf(file) !== undefined && !file.split('/').some((part) => SKIPPED.has(part));
}

function linesOf(ids: readonly string[]): string {
  return ids.map((id) => `${id}\n`).join('');
}

/** Reads `<mode> <type> <id>\t<path>\0…`. */
function blobsOf(listed: string): ReadonlyMap<string, Blob> {
  const blobs = new Map<string, Blob>();
  for (const line of listed.split('\0')) {
    const match = /^(\d+) blob ([0-9a-f]+)\t/.exec(line);
    if (!match) continue;
    const [head, mode, id] = match;
    if (id !== undefined) blobs.set(line.slice(head.length), { id, isLink: mode === '120000' });
  }
  return blobs;
}

/** Reads `<id> blob <size>\n…`: the ids of those that are not too long to be read. */
function shortOnes(answer: Buffer): readonly string[] {
  return answer
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [id = '', type, size] = line.split(' ');
      return type === 'blob' && Number(size) <= MAX_BYTES ? [id] : [];
    });
}

function textNow(root: string, id: string): string | undefined {
  const size = gitNow(root, ['cat-file', '--batch-check'], linesOf([id]));
  if (!size.ok || shortOnes(size.value).length === 0) return undefined;
  const one = gitNow(root, ['cat-file', '--batch'], linesOf([id]));
  return one.ok ? textsOf(one.value).get(id) : undefined;
}

/** Reads `<id> blob <size>\n<bytes>\n…`. */
function textsOf(answer: Buffer): Map<string, string | undefined> {
  const texts = new Map<string, string | undefined>();
  for (let at = 0; at < answer.length; ) {
    const end = answer.indexOf(10, at);
    if (end < 0) break;
    const [id = '', type, size] = answer.toString('utf8', at, end).split(' ');
    at = end + 1;
    if (type !== 'blob') continue;
    texts.set(id, decode(answer.subarray(at, at + Number(size))));
    at += Number(size) + 1;
  }
  return texts;
}
