import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CancellationToken, RequestType } from 'vscode-languageserver/node';
import { fileKindOf } from '../../language/model/shape.js';
import type { ComparedFile, FileReview, TreeReview } from '../../revisions/review-trees.js';
import type { Opened, Tree } from '../../revisions/tree.js';
import { toldOf } from '../compared-acts.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { type Comparing, loadComparing } from '../load-comparing.js';
import {
  COMPARE_REQUEST,
  type CompareParams,
  type CompareReply,
  type NotCompared,
  REVIEW_REQUEST,
  REVISION_TEXT_REQUEST,
  REVISIONS_REQUEST,
  type ReviewParams,
  type ReviewReply,
  type RevisionsParams,
  type RevisionsReply,
  type RevisionTextParams,
} from '../protocol/compare-requests.js';
import { SYSTEM_CLOCK } from '../turns.js';
import { isOutside, workTree } from '../work-tree.js';

const RevisionsRequest = new RequestType<RevisionsParams, RevisionsReply, void>(REVISIONS_REQUEST);
const CompareRequest = new RequestType<CompareParams, CompareReply, void>(COMPARE_REQUEST);
const ReviewRequest = new RequestType<ReviewParams, ReviewReply, void>(REVIEW_REQUEST);
const TextRequest = new RequestType<RevisionTextParams, string | null, void>(REVISION_TEXT_REQUEST);

/** Answers how the boundaries of playbooks differ from what they were in a git revision. */
export function registerCompareBoundary(context: ServerContext): void {
  const { connection } = context;
  connection.onRequest(
    RevisionsRequest,
    guarded(context, 'revisions', FAILED, async ({ uri }) => revisionsFor(await loadComparing(), uri)),
  );
  connection.onRequest(
    CompareRequest,
    guarded(context, 'compare boundary', FAILED, async (params, token) =>
      compare(context, await loadComparing(), params, token),
    ),
  );
  connection.onRequest(
    ReviewRequest,
    guarded(context, 'review boundaries', FAILED, async (params, token) =>
      review(context, await loadComparing(), params, token),
    ),
  );
  connection.onRequest(
    TextRequest,
    guarded(context, 'revision text', null, async ({ uri, commit }): Promise<string | null> => {
      const comparing = await loadComparing();
      const at = await placeOf(comparing, uri);
      if (!at.ok) return null;
      const tree = await comparing.gitTree(at.value.root, commit);
      return (tree.ok ? tree.value.read(at.value.file) : undefined) ?? null;
    }),
  );
}

const FAILED: NotCompared = { kind: 'none', reason: 'that failed; the output of Countersign has more' };

interface Placed {
  /** Of the repository. */
  readonly root: string;
  /** From the root, with `/`; of the root itself empty. */
  readonly file: string;
}

async function placeOf({ rootOf }: Comparing, uri: string): Promise<Opened<Placed>> {
  if (!uri.startsWith('file:')) return { ok: false, reason: 'it is no file on disk' };
  const full = fileURLToPath(uri);
  const isFolder = statSync(full, { throwIfNoEntry: false })?.isDirectory() === true;
  const root = await rootOf(isFolder ? full : path.dirname(full));
  if (!root.ok) return { ok: false, reason: `the folder is in no git work tree (git says: ${root.reason})` };
  const file = path.relative(root.value, full).split(path.sep).join('/');
  return { ok: true, value: { root: root.value, file } };
}

async function revisionsFor(comparing: Comparing, uri: string): Promise<RevisionsReply> {
  const { branchesOf, commitOf } = comparing;
  const at = await placeOf(comparing, uri);
  if (!at.ok) return { kind: 'none', reason: at.reason };
  const { root } = at.value;
  const head = await commitOf(root, 'HEAD');
  if (!head.ok) return { kind: 'none', reason: NO_COMMIT };
  const left = await whereHeadLeft(comparing, root);
  const branches = await branchesOf(root);
  return {
    kind: 'revisions',
    head: head.value,
    left: left.ok ? left.value : null,
    branches: branches.ok ? branches.value : [],
  };
}

const NO_COMMIT = 'the repository has no commit yet';

interface Left {
  readonly branch: string;
  readonly commit: string;
}

/** Where the work left the branch that changes go into. */
async function whereHeadLeft({ defaultBranch, mergeBase }: Comparing, root: string): Promise<Opened<Left>> {
  const branch = await defaultBranch(root);
  if (!branch.ok) return branch;
  const base = await mergeBase(root, 'HEAD', branch.value);
  return base.ok ? { ok: true, value: { branch: branch.value, commit: base.value } } : base;
}

interface Base {
  readonly tree: Tree;
  readonly branch: string | null;
}

async function baseOf(comparing: Comparing, root: string, revision: string | null): Promise<Opened<Base>> {
  if (revision !== null) {
    const tree = await comparing.gitTree(root, revision);
    if (tree.ok) return { ok: true, value: { tree: tree.value, branch: null } };
    return { ok: false, reason: `"${revision}" cannot be read: ${tree.reason}` };
  }
  if (!(await comparing.commitOf(root, 'HEAD')).ok) return { ok: false, reason: NO_COMMIT };
  const left = await whereHeadLeft(comparing, root);
  if (!left.ok)
    return { ok: false, reason: `where the branch began cannot be told: ${left.reason}; choose another revision` };
  const { branch, commit } = left.value;
  const tree = await comparing.gitTree(root, commit);
  if (!tree.ok) return { ok: false, reason: `the commit ${commit} cannot be read: ${tree.reason}` };
  return { ok: true, value: { tree: tree.value, branch } };
}

async function compare(
  context: ServerContext,
  comparing: Comparing,
  { uri, revision }: CompareParams,
  token: CancellationToken,
): Promise<CompareReply> {
  const at = await placeOf(comparing, uri);
  if (!at.ok) return { kind: 'none', reason: at.reason };
  const { root, file } = at.value;
  if (context.workspace.read(uri) === undefined)
    return { kind: 'none', reason: 'it is too large, or cannot be read as text' };
  const opened = await baseOf(comparing, root, revision);
  if (!opened.ok) return { kind: 'none', reason: opened.reason };
  const base = opened.value.tree;
  const head = await headOf(context, comparing, root, token);
  const before = fileBefore(comparing, base, file, head);
  const trees = await reviewed(context, comparing, root, base, head, token, undefined, [{ base: before, head: file }]);
  const { acts, unchanged } = toldOf(context.workspace, trees, root, comparing);
  return {
    kind: 'comparison',
    playbook: trees.playbooks[0]?.review.playbook ?? '',
    commit: base.commit ?? '',
    file: before ?? null,
    moved: before !== undefined && before !== file,
    acts,
    unchanged,
  };
}

async function review(
  context: ServerContext,
  comparing: Comparing,
  { uri, revision }: ReviewParams,
  token: CancellationToken,
): Promise<ReviewReply> {
  const at = await placeOf(comparing, uri);
  if (!at.ok) return { kind: 'none', reason: at.reason };
  const { root } = at.value;
  const opened = await baseOf(comparing, root, revision);
  if (!opened.ok) return { kind: 'none', reason: opened.reason };
  const { tree: base, branch } = opened.value;
  const head = await headOf(context, comparing, root, token);
  const isWanted = inFolders(context.workspace.folders, root, comparing);
  const trees = await reviewed(context, comparing, root, base, head, token, isWanted);
  const { acts, unchanged, idle } = toldOf(context.workspace, trees, root, comparing);
  return {
    kind: 'review',
    repository: path.basename(root),
    commit: base.commit ?? '',
    branch,
    playbooks: trees.playbooks.length,
    touched: trees.playbooks.filter((one) => one.review.touched).length,
    acts: acts.slice(0, MOST_ACTS),
    unlisted: Math.max(0, acts.length - MOST_ACTS),
    unchanged,
    idle,
  };
}

/** More than a person reads, and as much as a page takes: a role's new member can widen every act there is. */
const MOST_ACTS = 1000;

async function headOf(
  { workspace }: ServerContext,
  comparing: Comparing,
  root: string,
  token: CancellationToken,
): Promise<Tree> {
  const stop = new AbortController();
  const cancelled = token.onCancellationRequested(() => stop.abort());
  try {
    return await workTree(workspace, root, comparing, stop.signal);
  } finally {
    cancelled.dispose();
  }
}

/** Whether a path from the root of a repository lies in a folder of the workspace; where none has to do with it, all do. */
function inFolders(folders: readonly string[], root: string, { fileIn }: Comparing): (file: string) => boolean {
  const inside: string[] = [];
  for (const folder of folders) {
    const from = fileIn(root, folder);
    if (from === undefined) continue;
    // The whole repository is in the folder: the way to it is nothing but steps up.
    if (/^(?:\.\.(?:\/|$))*$/.test(from)) return () => true;
    if (!isOutside(from)) inside.push(`${from}/`);
  }
  return (file) => inside.length === 0 || inside.some((folder) => file.startsWith(folder));
}

/** Longer than this, in milliseconds, no message of the editor waits. */
const AT_A_TIME = 30;

/** Compares what is to be compared, and gives way to other messages in between; not to its end once it is cancelled. */
async function reviewed(
  { workspace }: ServerContext,
  { reviewsOf }: Comparing,
  root: string,
  base: Tree,
  head: Tree,
  token: CancellationToken,
  isWanted: ((file: string) => boolean) | undefined,
  pairs?: readonly ComparedFile[],
): Promise<TreeReview> {
  const playbooks: FileReview[] = [];
  let since = performance.now();
  for (const one of reviewsOf(base, head, root, workspace.today, isWanted, pairs)) {
    playbooks.push(one);
    if (performance.now() - since < AT_A_TIME) continue;
    await new Promise<void>((resolve) => SYSTEM_CLOCK.later(resolve));
    if (token.isCancellationRequested) break;
    since = performance.now();
  }
  return { base, head, playbooks };
}

/** Where the playbook was: at the same place, or else where the only playbook of its id was that is not there any more. */
function fileBefore({ playbookIdOf }: Comparing, base: Tree, file: string, head: Tree): string | undefined {
  if (base.read(file) !== undefined) return file;
  const id = playbookIdOf(head.read(file) ?? '');
  const gone = base.files.filter((one) => fileKindOf(one) === 'playbook' && head.read(one) === undefined);
  const [only, ...more] = gone.filter((one) => id !== undefined && playbookIdOf(base.read(one) ?? '') === id);
  return more.length === 0 ? only : undefined;
}
