import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RequestType } from 'vscode-languageserver/node';
import type { BoundaryCell } from '../../language/authority/cell.js';
import type { BoundaryChange, PathPlace } from '../../language/authority/diff/review.js';
import { edgeWord } from '../../language/authority/paths.js';
import { keptFiles } from '../../language/host.js';
import { fileKindOf } from '../../language/model/shape.js';
import type { Range } from '../../language/syntax/tree.js';
import type { Tree } from '../../revisions/tree.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { type Comparing, loadComparing } from '../load-comparing.js';
import { toLspRange } from '../positions.js';
import {
  COMPARE_REQUEST,
  type ComparedAct,
  type ComparedPlace,
  type CompareParams,
  type CompareReply,
  type NotCompared,
  REVISION_TEXT_REQUEST,
  REVISIONS_REQUEST,
  type RevisionsParams,
  type RevisionsReply,
  type RevisionTextParams,
} from '../protocol/compare-requests.js';
import type { BoundaryItem } from '../protocol/requests.js';

const RevisionsRequest = new RequestType<RevisionsParams, RevisionsReply, void>(REVISIONS_REQUEST);
const CompareRequest = new RequestType<CompareParams, CompareReply, void>(COMPARE_REQUEST);
const TextRequest = new RequestType<RevisionTextParams, string | null, void>(REVISION_TEXT_REQUEST);

/** Answers how the boundary of a playbook differs from what it was in a git revision. */
export function registerCompareBoundary(context: ServerContext): void {
  const { connection } = context;
  connection.onRequest(
    RevisionsRequest,
    guarded(context, 'revisions', FAILED, async ({ uri }) => revisionsFor(await loadComparing(), uri)),
  );
  connection.onRequest(
    CompareRequest,
    guarded(context, 'compare boundary', FAILED, async (params) => compare(context, await loadComparing(), params)),
  );
  connection.onRequest(
    TextRequest,
    guarded(context, 'revision text', null, async ({ uri, commit }): Promise<string | null> => {
      const comparing = await loadComparing();
      const at = await placeOf(comparing, uri);
      if (!at.ok) return null;
      const tree = await comparing.gitTree(at.root, commit);
      return (tree.ok ? tree.value.read(at.file) : undefined) ?? null;
    }),
  );
}

const FAILED: NotCompared = { kind: 'none', reason: 'that failed; the output of Countersign has more' };

type Placed =
  | { readonly ok: true; readonly root: string /** From the root, with `/`. */; readonly file: string }
  | { readonly ok: false; readonly reason: string };

async function placeOf({ rootOf }: Comparing, uri: string): Promise<Placed> {
  if (!uri.startsWith('file:')) return { ok: false, reason: 'it is no file on disk' };
  const full = fileURLToPath(uri);
  const root = await rootOf(path.dirname(full));
  if (!root.ok) return { ok: false, reason: `its folder is in no git work tree (git says: ${root.reason})` };
  return { ok: true, root: root.value, file: path.relative(root.value, full).split(path.sep).join('/') };
}

async function revisionsFor(comparing: Comparing, uri: string): Promise<RevisionsReply> {
  const { branchesOf, commitOf, defaultBranch, mergeBase } = comparing;
  const at = await placeOf(comparing, uri);
  if (!at.ok) return { kind: 'none', reason: at.reason };
  const head = await commitOf(at.root, 'HEAD');
  if (!head.ok) return { kind: 'none', reason: 'its repository has no commit yet' };
  const branch = await defaultBranch(at.root);
  const base = branch.ok ? await mergeBase(at.root, 'HEAD', branch.value) : undefined;
  const branches = await branchesOf(at.root);
  return {
    kind: 'revisions',
    head: head.value,
    left: branch.ok && base?.ok ? { branch: branch.value, commit: base.value } : null,
    branches: branches.ok ? branches.value : [],
  };
}

async function compare(
  context: ServerContext,
  comparing: Comparing,
  { uri, revision }: CompareParams,
): Promise<CompareReply> {
  const { workspace } = context;
  const { gitTree, reviewPlaybook, stateOf, stateOfTree, uriIn } = comparing;
  const at = await placeOf(comparing, uri);
  if (!at.ok) return { kind: 'none', reason: at.reason };
  if (workspace.read(uri) === undefined) return { kind: 'none', reason: 'it is too large, or cannot be read as text' };
  const tree = await gitTree(at.root, revision);
  if (!tree.ok) return { kind: 'none', reason: `"${revision}" cannot be read: ${tree.reason}` };
  const before = stateOfTree(tree.value, at.root, workspace.today);
  // The editors' texts count. Asked for once each, so that a key pressed meanwhile changes nothing in the midst.
  const texts = new Map<string, string | undefined>();
  const read = (file: string): string | undefined => {
    if (!texts.has(file)) texts.set(file, workspace.read(file));
    return texts.get(file);
  };
  const catalogs = tree.value.files.filter((file) => fileKindOf(file) === 'tools');
  const after = stateOf(
    { read, today: workspace.today, kept: keptFiles() },
    catalogs.map((file) => uriIn(at.root, file)),
  );
  const file = fileBefore(
    comparing,
    tree.value,
    at.file,
    read(uri) ?? '',
    (one) => read(uriIn(at.root, one)) !== undefined,
  );
  const review = reviewPlaybook(file === undefined ? undefined : uriIn(at.root, file), uri, before, after);
  const placed = placer(context, read, before.host.read);
  return {
    kind: 'comparison',
    playbook: review.playbook,
    commit: tree.value.commit ?? revision,
    file: file ?? null,
    moved: file !== undefined && file !== at.file,
    acts: review.changes.map((change) => actOf(change, placed)),
    unchanged: review.unchanged,
  };
}

/** Where the playbook was: at the same place, or else where the only playbook of its id was that is not there any more. */
function fileBefore(
  { playbookIdOf }: Comparing,
  tree: Tree,
  file: string,
  text: string,
  isThere: (file: string) => boolean,
): string | undefined {
  if (tree.read(file) !== undefined) return file;
  const id = playbookIdOf(text);
  const gone = tree.files.filter((one) => fileKindOf(one) === 'playbook' && !isThere(one));
  const [only, ...more] = gone.filter((one) => id !== undefined && playbookIdOf(tree.read(one) ?? '') === id);
  return more.length === 0 ? only : undefined;
}

type Placer = (place: { readonly uri: string; readonly range: Range }, inRevision: boolean) => ComparedPlace;

function placer(
  { workspace }: ServerContext,
  now: (uri: string) => string | undefined,
  before: (uri: string) => string | undefined,
): Placer {
  const documents = new Map<string, ReturnType<typeof workspace.documentOf>>();
  return ({ uri, range }, inRevision) => {
    const key = `${inRevision} ${uri}`;
    const document = documents.get(key) ?? workspace.documentOf(uri, (inRevision ? before : now)(uri) ?? '');
    documents.set(key, document);
    return { uri, range: toLspRange(document, range), inRevision };
  };
}

function actOf(change: BoundaryChange, placed: Placer): ComparedAct {
  const { step, tool, class: is, withoutPerson, onCatalogsWord, violates, causes, differences, before, after } = change;
  return {
    step,
    tool,
    class: is,
    withoutPerson,
    onCatalogsWord,
    violates,
    causes,
    reasons: differences.map(({ direction, words }) => ({ direction, words })),
    before: before && itemOf(before, placed, true),
    after: after && itemOf(after, placed, false),
    path: change.path.map((one) => ({ words: stepWords(one), place: placed(one, after === null) })),
  };
}

function stepWords({ step, edge, branch }: PathPlace): string {
  const way = edge === undefined ? '' : edgeWord({ kind: edge, branch });
  return way === '' ? step : `${step} (${way})`;
}

function itemOf({ place, witness: _, ...cell }: BoundaryCell, placed: Placer, inRevision: boolean): BoundaryItem {
  const { uri, range } = placed(place, inRevision);
  return { ...cell, place: { uri, range } };
}
