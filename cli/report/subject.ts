import path from 'node:path';
import type { Boundary, BoundaryCell, LoadedPlaybook } from '../../language/index.js';
import type { BreakerReading, Evaluation, TraceFacts } from '../../runner/index.js';
import type { Block, Piece } from '../document/document.js';

/** What a report is about: all of it read, none of it judged yet. */
export interface Subject {
  readonly playbooks: readonly ReportedPlaybook[];
  readonly evaluation: ReportedEvaluation | undefined;
  readonly traces: readonly TraceFacts[];
  /** The folder that the report's links count from. */
  readonly home: string;
}

export interface ReportedPlaybook {
  /** Absolute. */
  readonly file: string;
  readonly id: string;
  readonly loaded: LoadedPlaybook;
  readonly boundary: Boundary;
  /** Errors that keep it from running. */
  readonly errors: readonly string[];
  /** What an evaluation is bound to: `measuredDigest`. */
  readonly digest: string;
  /** What a trace is bound to: the digest of its text. */
  readonly textDigest: string;
  /** What its policy's breaker comes to now, for the model that was measured; `undefined`: it has none. */
  readonly breaker: BreakerReading | undefined;
  /** The boundary record beside it, absolute; `undefined`: none. */
  readonly record: string | undefined;
}

export interface ReportedEvaluation {
  readonly evaluation: Evaluation;
  /** Absolute. */
  readonly file: string;
  /** Where its traces are named from. */
  readonly folder: string;
}

/** How far a question is answered. */
export type Status = 'shown' | 'in part' | 'not shown';

export interface Answer {
  readonly number: number;
  readonly question: string;
  readonly status: Status;
  /** One sentence. */
  readonly short: string;
  readonly blocks: readonly Block[];
}

/** A link to a file of the subject. */
export function linkTo(home: string, file: string, text: string): Piece {
  return { text, href: path.relative(home, file).split(path.sep).join('/') || '.' };
}

/** Acts by who decides them, of all playbooks. */
export function cellsAt(
  { playbooks }: Subject,
  levels: readonly BoundaryCell['autonomy'][],
): readonly { readonly playbook: ReportedPlaybook; readonly cell: BoundaryCell }[] {
  return playbooks.flatMap((playbook) =>
    playbook.boundary.cells.filter((cell) => levels.includes(cell.autonomy)).map((cell) => ({ playbook, cell })),
  );
}

export const ALONE = ['notify', 'autonomous'] as const;

/** A few links to traces, and how many more there are. */
export function traceLinks(home: string, traces: readonly TraceFacts[], most = 3): readonly Piece[] {
  const links = traces
    .slice(0, most)
    .flatMap((one, at): Piece[] => [...(at === 0 ? [] : [', ']), linkTo(home, one.path, path.basename(one.path))]);
  return traces.length > most ? [...links, ` and ${traces.length - most} more`] : links;
}

/** Playbooks that the evaluation says nothing of as they are now: it does not have them, or had another version. */
export function unmeasured({ playbooks, evaluation }: Subject): readonly string[] {
  const measured = new Map(evaluation?.evaluation.plan.playbooks.map(({ id, digest }) => [id, digest]));
  return playbooks.flatMap(({ id, digest }) => {
    const of = measured.get(id);
    return of === digest ? [] : [of === undefined ? `${id} (not in it)` : `${id} (changed since)`];
  });
}

/** Traces of these playbooks as they are now, and how many others there are. */
export function tracesNow({ playbooks, traces }: Subject): {
  readonly now: readonly TraceFacts[];
  readonly others: number;
} {
  const digests = new Set(playbooks.map(({ textDigest }) => textDigest));
  const now = traces.filter(({ opened }) => opened !== undefined && digests.has(opened.digest));
  return { now, others: traces.length - now.length };
}
