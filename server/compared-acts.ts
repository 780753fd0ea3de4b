import type { BoundaryCell } from '../language/authority/cell.js';
import type { BoundaryChange, PathPlace } from '../language/authority/diff/review.js';
import { edgeWord } from '../language/authority/paths.js';
import type { Range } from '../language/syntax/tree.js';
import type { Acknowledged, IdleAcknowledgement } from '../revisions/acknowledgements.js';
import type { FileReview, TreeReview } from '../revisions/review-trees.js';
import type { Tree } from '../revisions/tree.js';
import type { Comparing } from './load-comparing.js';
import { toLspRange } from './positions.js';
import type { ComparedAct, ComparedPlace, IdleEntry } from './protocol/compare-requests.js';
import type { BoundaryItem } from './protocol/requests.js';
import type { Workspace } from './workspace.js';

/** What a review of trees says, for a client. */
export interface Told {
  /** In the order in which a reviewer asks: what needs no person first; then by file, step and tool. */
  readonly acts: readonly ComparedAct[];
  readonly unchanged: number;
  readonly idle: readonly IdleEntry[];
}

/** @param root where both trees are taken to lie */
export function toldOf(workspace: Workspace, review: TreeReview, root: string, comparing: Comparing): Told {
  const { acknowledgedIn, reviewGroupOf } = comparing;
  const { playbooks, base, head } = review;
  const agreed = acknowledgedIn(review, root, workspace.today);
  const placed = placer(workspace, textIn(base, root, comparing), textIn(head, root, comparing));
  const all = playbooks.flatMap((file) => file.review.changes.map((change) => ({ file, change })));
  const groups = new Map<string, ComparedAct[]>(ORDER.map((group) => [group, []]));
  for (const { file, change } of all) groups.get(reviewGroupOf(change))?.push(actOf(file, change, agreed, placed));
  return {
    acts: [...groups.values()].flat(),
    unchanged: playbooks.reduce((sum, one) => sum + one.review.unchanged, 0),
    idle: agreed.idle.map((one) => idleOf(one, placed)),
  };
}

const ORDER: readonly ReturnType<Comparing['reviewGroupOf']>[] = [
  'alone',
  'with a person',
  'on a catalog’s word',
  'less',
];

type Placer = (place: { readonly uri: string; readonly range: Range }, inRevision: boolean) => ComparedPlace;
type TextOf = (uri: string) => string;

/** The texts of a tree by URI. */
function textIn(tree: Tree, root: string, { fileIn }: Comparing): TextOf {
  return (uri) => {
    const file = fileIn(root, uri);
    return (file === undefined ? undefined : tree.read(file)) ?? '';
  };
}

function placer(workspace: Workspace, before: TextOf, now: TextOf): Placer {
  const documents = new Map<string, ReturnType<typeof workspace.documentOf>>();
  return ({ uri, range }, inRevision) => {
    const key = `${inRevision} ${uri}`;
    const document = documents.get(key) ?? workspace.documentOf(uri, (inRevision ? before : now)(uri));
    documents.set(key, document);
    return { uri, range: toLspRange(document, range), inRevision };
  };
}

function actOf(
  { base, head, review }: FileReview,
  change: BoundaryChange,
  { fingerprints, entries, proposed }: Acknowledged,
  placed: Placer,
): ComparedAct {
  const { step, tool, class: is, withoutPerson, onCatalogsWord, violates, causes, differences, before, after } = change;
  const entry = entries.get(change);
  return {
    playbook: review.playbook,
    file: head ?? base ?? '',
    step,
    tool,
    class: is,
    withoutPerson,
    onCatalogsWord,
    violates,
    causes,
    change: violates ? null : (fingerprints.get(change) ?? null),
    acknowledged: entry ? { owner: entry.owner, reason: entry.reason, expires: entry.expires.value } : null,
    proposed: proposed.has(change),
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

/** Where it stands in the revision: that is the policy that counts. */
function idleOf({ uri, entry, why }: IdleAcknowledgement, placed: Placer): IdleEntry {
  const { playbook, step, tool, owner, expires, change } = entry;
  return {
    why,
    playbook: playbook.value,
    step: step.value,
    tool: tool.value,
    owner,
    expires: expires.value,
    place: placed({ uri, range: change.range }, true),
  };
}
