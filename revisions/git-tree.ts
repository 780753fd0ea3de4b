import path from 'node:path/posix';
import { fileKindOf } from '../language/model/shape.js';
import { git, gitNow } from './git.js';
import { commitOf } from './repository.js';
import { decode, type Opened, SKIPPED, type Tree } from './tree.js';

/** Longer than any playbook worth reading; as everywhere. */
const MAX_BYTES = 2 * 1024 * 1024;
/** Links that lead to links. */
const MAX_LINKS = 5;

interface Blob {
  readonly id: string;
  readonly isLink: boolean;
}

/**
 * The files of a git revision. What is ours is read at once, other files when they are asked for. Nothing of the
 * repository's configuration is applied to them: no filters, no text conversion.
 */
export async function gitTree(root: string, revision: string): Promise<Opened<Tree>> {
  const commit = await commitOf(root, revision);
  if (!commit.ok) return commit;
  const listed = await git(root, ['ls-tree', '-r', '-l', '-z', '--full-tree', '--end-of-options', commit.value]);
  if (!listed.ok) return listed;
  const blobs = blobsOf(listed.value.toString('utf8'));
  const files = [...blobs.keys()].filter(isOurs).sort();
  const wanted = [...new Set(files.flatMap((file) => blobs.get(file)?.id ?? []))];
  const answered = await git(root, ['cat-file', '--batch'], wanted.map((id) => `${id}\n`).join(''));
  if (!answered.ok) return answered;
  const texts = textsOf(answered.value);
  const textOf = (id: string): string | undefined => {
    if (!texts.has(id)) {
      const one = gitNow(root, ['cat-file', '--batch'], `${id}\n`);
      texts.set(id, one.ok ? textsOf(one.value).get(id) : undefined);
    }
    return texts.get(id);
  };
  const read = (file: string, links = 0): string | undefined => {
    const blob = blobs.get(path.normalize(file));
    const text = blob && textOf(blob.id);
    if (!blob?.isLink || text === undefined) return text;
    return links < MAX_LINKS ? read(path.join(path.dirname(file), text), links + 1) : undefined;
  };
  return { ok: true, value: { name: revision, commit: commit.value, files, read: (file) => read(file) } };
}

function isOurs(file: string): boolean {
  return fileKindOf(file) !== undefined && !file.split('/').some((part) => SKIPPED.has(part));
}

/** Reads `<mode> <type> <id> <size>\t<path>\0…`. What is too long to be read is left out. */
function blobsOf(listed: string): ReadonlyMap<string, Blob> {
  const blobs = new Map<string, Blob>();
  for (const line of listed.split('\0')) {
    const match = /^(\d+) blob ([0-9a-f]+) +(\d+)\t/.exec(line);
    if (!match) continue;
    const [head, mode, id, size] = match;
    if (id !== undefined && Number(size) <= MAX_BYTES)
      blobs.set(line.slice(head.length), { id, isLink: mode === '120000' });
  }
  return blobs;
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
