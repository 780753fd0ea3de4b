import type { BoundaryCell } from '../../language/authority/cell.js';
import { type ChangeClass, countsAsWidened } from '../../language/authority/diff/order.js';
import { type BoundaryChange, reviewGroupOf } from '../../language/authority/diff/review.js';
import { edgeWord } from '../../language/authority/paths.js';
import type { Acknowledgement } from '../../language/model/policy.js';
import { indexLines, type LineIndex } from '../../language/syntax/lines.js';
import {
  type Acknowledged,
  acknowledgedIn,
  type FileReview,
  type IdleAcknowledgement,
  type Tree,
  type TreeReview,
  uriIn,
} from '../../revisions/index.js';
import { pathOf } from '../../runner/node-files.js';
import { whoApproves } from '../boundary/groups.js';
import { shownPath } from '../files.js';
import { count } from '../terminal.js';
import { type StaleRecord, staleRecordsOf } from './records.js';

/** A change with the playbook it is in. */
export interface ReportedChange extends BoundaryChange {
  /** Id of the playbook. */
  readonly playbook: string;
  /** Its file, as people read it. */
  readonly file: string;
  /** Of what counts as widened: what tells the change from every other one, for who agrees to it. */
  readonly fingerprint: string | undefined;
  /** Who agreed to it, by the policy of before. */
  readonly acknowledged: Acknowledgement | undefined;
  /** Somebody agrees to it in the state that is compared, where that does not count yet. */
  readonly proposed: boolean;
}

/** An acknowledgement that no change here needs, or that ended. */
export interface ReportedIdle extends Pick<IdleAcknowledgement, 'entry' | 'why'> {
  /** The policy it is in, as people read it. */
  readonly policy: string;
}

/** The groups of a review; what somebody agreed to stands by itself. */
export const REPORT_GROUPS = ['alone', 'with a person', 'on a catalog’s word', 'acknowledged', 'less'] as const;
export type ReportGroup = (typeof REPORT_GROUPS)[number];

export const GROUP_TITLES: { readonly [G in ReportGroup]: string } = {
  alone: 'May do more without a person',
  'with a person': 'May do more, with a person',
  'on a catalog’s word': 'New, and only reads or records on the word of its catalog',
  acknowledged: 'May do more, as acknowledged',
  less: 'May do less',
};

export function reportGroupOf(change: ReportedChange): ReportGroup {
  return change.acknowledged ? 'acknowledged' : reviewGroupOf(change);
}

/** Whether a change makes the comparison fail: it counts as widened, and nobody agreed to it. */
export function isOpen(change: ReportedChange): boolean {
  return countsAsWidened(change.class) && !change.acknowledged;
}

/** What every form of the result says, in its own way. */
export interface DiffReport {
  /** A commit, or what the files on disk are called. */
  readonly base: string;
  readonly head: string;
  /** As people call them. */
  readonly names: { readonly base: string; readonly head: string };
  /** Without those that are acknowledged. */
  readonly counts: { readonly [C in ChangeClass]: number };
  readonly acknowledged: number;
  readonly idle: readonly ReportedIdle[];
  /** Boundary records of HEAD that do not say what is so. */
  readonly records: readonly StaleRecord[];
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
export function reportOf(review: TreeReview, root: string, today: string): DiffReport {
  const { base, head, playbooks } = review;
  const agreed = acknowledgedIn(review, root, today);
  const all = playbooks.flatMap((file) => file.review.changes.map((change) => reported(file, change, root, agreed)));
  const countOf = (of: ChangeClass): number =>
    all.filter((change) => change.class === of && !change.acknowledged).length;
  const nameOf = (uri: string): string => shownPath(pathOf(uri) ?? uri);
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
    acknowledged: all.filter((change) => change.acknowledged).length,
    idle: agreed.idle.map(({ uri, entry, why }) => ({ entry, why, policy: nameOf(uri) })),
    records: staleRecordsOf(review, root).map(({ file, why }) => ({ file: nameOf(uriIn(root, file)), why })),
    changes: REPORT_GROUPS.flatMap((group) => all.filter((change) => reportGroupOf(change) === group)),
    playbooks: playbooks.length,
    touched: playbooks.filter(({ review }) => review.touched).length,
    linesOf: (side, uri) => {
      const key = `${side} ${uri}`;
      const known = lines.get(key) ?? indexLines(textAt(side === 'head' ? head : base, root, uri));
      lines.set(key, known);
      return known;
    },
    nameOf,
  };
}

function reported(
  file: FileReview,
  change: BoundaryChange,
  root: string,
  { fingerprints, entries, proposed }: Acknowledged,
): ReportedChange {
  const path = file.head ?? file.base ?? '';
  return {
    ...change,
    playbook: file.review.playbook,
    file: shownPath(pathOf(uriIn(root, path)) ?? path),
    fingerprint: fingerprints.get(change),
    acknowledged: entries.get(change),
    proposed: proposed.has(change),
  };
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

/** Where the act of a change stands, from 1: of one that is gone, where it was. */
export function lineOf(change: ReportedChange, { linesOf }: DiffReport): number {
  const place = (change.after ?? change.before)?.place;
  return place ? linesOf(sideOfPath(change), place.uri).positionAt(place.range.start).line + 1 : 1;
}

/** Its file, which is a called playbook's where the act is there. */
export function fileOf(change: ReportedChange, { nameOf }: DiffReport): string {
  const place = (change.after ?? change.before)?.place;
  return place ? nameOf(place.uri) : change.file;
}

/** `contain-host.playbook.yaml:72`. */
export function placeWords(change: ReportedChange, report: DiffReport): string {
  return `${fileOf(change, report)}:${lineOf(change, report)}`;
}

export function causeWords({ causes }: BoundaryChange): string {
  return causes.join(' and ');
}

/** The path of a change in words, the act at its end. @param most of more steps than this those in the middle are counted */
export function pathWords({ path }: BoundaryChange, most = Number.POSITIVE_INFINITY): string {
  const words = path.map(({ step, edge, branch }) => {
    const way = edge === undefined ? '' : edgeWord({ kind: edge, branch });
    return way === '' ? step : `${step} (${way})`;
  });
  const ends = Math.floor(most / 2);
  const shown =
    words.length <= most
      ? words
      : [...words.slice(0, ends), `… ${words.length - 2 * ends} more …`, ...words.slice(-ends)];
  return shown.join(' → ');
}

/** Why a change is one, as a sentence. */
export function whyWords({ differences }: BoundaryChange): string {
  const text = differences.map(({ words }) => words).join('; ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** Who agreed to a change, until when and why. */
export function agreedWords({ owner, reason, expires }: Acknowledgement): string {
  return `by ${owner} until ${expires.value}: ${reason}`;
}

/** What is to be done about an acknowledgement that does not count. */
export function idleWords({ entry, why, policy }: ReportedIdle): string {
  const what = `The acknowledgement of ${entry.change.value} (${entry.tool.value} at "${entry.step.value}" of ${entry.playbook.value}) in ${policy}`;
  return why === 'expired'
    ? `${what} ended on ${entry.expires.value}. Delete it, or have ${entry.owner} decide anew.`
    : `${what} is for no change here. Once the change it was for is made, delete it.`;
}

/** Names in one sentence; the rest of more than that is counted. */
const MOST_NAMES = 10;

/** What is wrong with boundary records, a sentence for each fault, and what mends it. */
export function recordWords(records: readonly StaleRecord[]): readonly string[] {
  return RECORD_FAULTS.flatMap(([fault, words]) => {
    const files = records.filter(({ why }) => why === fault).map(({ file }) => file);
    if (files.length === 0) return [];
    const more = files.length > MOST_NAMES ? ` and ${files.length - MOST_NAMES} more` : '';
    return [`${words} ${files.slice(0, MOST_NAMES).join(', ')}${more}.`];
  });
}

const RECORD_FAULTS: readonly (readonly [StaleRecord['why'], string])[] = [
  ['stale', 'Run "countersign boundary --write" and commit what it changes. Stale:'],
  ['missing', 'Run "countersign boundary --write" and commit what it writes. There before, and missing now:'],
  ['left over', 'Delete the boundary records of playbooks that are gone:'],
];

/** `5 playbooks, 2 touched: 1 widened, 0 narrowed, 3 unchanged`. */
export function countWords({ counts, acknowledged, playbooks, touched }: DiffReport): string {
  const { widened, incomparable, narrowed, unchanged } = counts;
  if (touched === 0) return `${count(playbooks, 'playbook')}, none touched`;
  const acts = [
    `${widened} widened`,
    ...(incomparable > 0 ? [`${incomparable} not comparable, which counts as widened`] : []),
    ...(acknowledged > 0 ? [`${acknowledged} acknowledged`] : []),
    `${narrowed} narrowed`,
    `${unchanged} unchanged`,
  ];
  return `${count(playbooks, 'playbook')}, ${touched} touched: ${acts.join(', ')}`;
}
