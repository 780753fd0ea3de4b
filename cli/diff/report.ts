import {
  type BoundaryCell,
  type BoundaryChange,
  type ChangeClass,
  edgeWord,
  indexLines,
  type LineIndex,
  REVIEW_GROUPS,
  reviewGroupOf,
} from '../../language/index.js';
import { type FileReview, type Tree, type TreeReview, uriIn } from '../../revisions/index.js';
import { pathOf } from '../../runner/index.js';
import { whoApproves } from '../boundary/groups.js';
import { shownPath } from '../files.js';
import { count } from '../terminal.js';

/** A change with the playbook it is in. */
export interface ReportedChange extends BoundaryChange {
  /** Id of the playbook. */
  readonly playbook: string;
  /** Its file, as people read it. */
  readonly file: string;
}

/** What every form of the result says, in its own way. */
export interface DiffReport {
  /** A commit, or what the files on disk are called. */
  readonly base: string;
  readonly head: string;
  /** As people call them. */
  readonly names: { readonly base: string; readonly head: string };
  readonly counts: { readonly [C in ChangeClass]: number };
  /** What counts as widened first, without a person first of all; then by file, step and tool. */
  readonly changes: readonly ReportedChange[];
  /** Playbooks that were looked at, and those of which something changed that they are made of. */
  readonly playbooks: number;
  readonly touched: number;
  /** Lines of a file as it is on one side. */
  readonly linesOf: (side: 'base' | 'head', uri: string) => LineIndex;
  readonly nameOf: (uri: string) => string;
}

/** @param root where both trees are taken to lie */
export function reportOf({ base, head, playbooks }: TreeReview, root: string): DiffReport {
  const all = playbooks.flatMap((file) => file.review.changes.map((change) => reported(file, change, root)));
  const countOf = (of: ChangeClass): number => all.filter((change) => change.class === of).length;
  const lines = new Map<string, LineIndex>();
  return {
    base: base.commit ?? base.name,
    head: head.commit ?? head.name,
    names: { base: named(base), head: named(head) },
    counts: {
      widened: countOf('widened'),
      narrowed: countOf('narrowed'),
      unchanged: playbooks.reduce((sum, { review }) => sum + review.unchanged, 0),
      incomparable: countOf('incomparable'),
    },
    changes: REVIEW_GROUPS.flatMap((group) => all.filter((change) => reviewGroupOf(change) === group)),
    playbooks: playbooks.length,
    touched: playbooks.filter(({ review }) => review.touched).length,
    linesOf: (side, uri) => {
      const key = `${side} ${uri}`;
      const known = lines.get(key) ?? indexLines(textAt(side === 'head' ? head : base, root, uri));
      lines.set(key, known);
      return known;
    },
    nameOf: (uri) => shownPath(pathOf(uri) ?? uri),
  };
}

function reported(file: FileReview, change: BoundaryChange, root: string): ReportedChange {
  const path = file.head ?? file.base ?? '';
  return { ...change, playbook: file.review.playbook, file: shownPath(pathOf(uriIn(root, path)) ?? path) };
}

function textAt(tree: Tree, root: string, uri: string): string {
  const [start, rest] = [uriIn(root, ''), uri];
  const prefix = start.endsWith('/') ? start : `${start}/`;
  return rest.startsWith(prefix) ? (tree.read(decodeURIComponent(rest.slice(prefix.length))) ?? '') : '';
}

function named({ name, commit }: Tree): string {
  return commit === undefined ? name : name === commit ? short(commit) : `${name} (${short(commit)})`;
}

function short(commit: string): string {
  return commit.slice(0, 12);
}

/** How an act stands, in a few words: `approve: 1 person of analyst at "ask", valid until the run ends`. */
function standingWords(cell: BoundaryCell | null): string {
  if (!cell) return 'not there, or never runs';
  if (cell.effect === 'read' || cell.effect === 'record') return 'nobody is asked, on the catalog’s word';
  const who = whoApproves(cell);
  const verdict = cell.verdict === 'violated' || cell.verdict === 'unknown' ? `, ${cell.verdict}` : '';
  return `${cell.autonomy}${who === '' ? '' : `: ${who}`}${verdict}`;
}

/** How an act stood and stands, where that differs in these words. */
export function standingChange({
  before,
  after,
}: BoundaryChange): { readonly before: string; readonly now: string } | undefined {
  const [was, now] = [standingWords(before), standingWords(after)];
  return was === now ? undefined : { before: was, now };
}

/** The side that a change's path is of: of an act that is gone, where it was. */
export function sideOfPath({ after }: BoundaryChange): 'base' | 'head' {
  return after ? 'head' : 'base';
}

export function causeWords({ causes }: BoundaryChange): string {
  return causes.join(' and ');
}

/** The path of a change in words, the act at its end. */
export function pathWords({ path }: BoundaryChange): string {
  return path
    .map(({ step, edge, branch }) => {
      const way = edge === undefined ? '' : edgeWord({ kind: edge, branch });
      return way === '' ? step : `${step} (${way})`;
    })
    .join(' → ');
}

/** Why a change is one, as a sentence. */
export function whyWords({ differences }: BoundaryChange): string {
  const text = differences.map(({ words }) => words).join('; ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** `5 playbooks, 2 touched: 1 widened, 0 narrowed, 3 unchanged`. */
export function countWords({ counts, playbooks, touched }: DiffReport): string {
  const { widened, incomparable, narrowed, unchanged } = counts;
  if (touched === 0) return `${count(playbooks, 'playbook')}, none touched`;
  const acts = [
    `${widened} widened`,
    ...(incomparable > 0 ? [`${incomparable} not comparable, which counts as widened`] : []),
    `${narrowed} narrowed`,
    `${unchanged} unchanged`,
  ];
  return `${count(playbooks, 'playbook')}, ${touched} touched: ${acts.join(', ')}`;
}
