import type { Acknowledgement, BoundaryCell } from '../../language/index.js';
import { causeWords, type DiffReport, type ReportedChange, sideOfPath } from './report.js';

/** For programs. Positions are zero-based, UTF-16. Members may be added, and never change. */
export function diffJson(report: DiffReport): string {
  const { base, head, counts, acknowledged, changes, records, idle } = report;
  const { widened, narrowed, unchanged, incomparable } = counts;
  const shown = {
    version: 1,
    base,
    head,
    summary: { widened, narrowed, unchanged, incomparable, acknowledged },
    changes: changes.map((change) => ({
      playbook: change.playbook,
      file: change.file,
      step: change.step,
      tool: change.tool,
      class: change.class,
      withoutPerson: change.withoutPerson,
      onCatalogsWord: change.onCatalogsWord,
      violates: change.violates,
      fingerprint: change.fingerprint ?? null,
      acknowledged: change.acknowledged ? shownEntry(change.acknowledged) : null,
      proposed: change.proposed,
      before: shownCell(change.before, 'base', report),
      after: shownCell(change.after, 'head', report),
      cause: causeWords(change),
      reasons: change.differences,
      witness: witnessOf(change, report),
    })),
    records,
    idleAcknowledgements: idle.map(({ entry, why, policy }) => ({
      why,
      policy,
      change: entry.change.value,
      playbook: entry.playbook.value,
      step: entry.step.value,
      tool: entry.tool.value,
      ...shownEntry(entry),
    })),
  };
  return `${JSON.stringify(shown, null, 2)}\n`;
}

function shownEntry({ owner, reason, expires }: Acknowledgement): object {
  return { owner, reason, expires: expires.value };
}

function shownCell(cell: BoundaryCell | null, side: 'base' | 'head', report: DiffReport): object | null {
  if (!cell) return null;
  const { place, witness: _, ...shown } = cell;
  return { ...shown, place: placeIn(report, side, place) };
}

function placeIn(
  { linesOf, nameOf }: DiffReport,
  side: 'base' | 'head',
  { uri, range }: BoundaryCell['place'],
): object {
  const lines = linesOf(side, uri);
  return {
    file: nameOf(uri),
    range: { start: lines.positionAt(range.start), end: lines.positionAt(range.end) },
  };
}

function witnessOf(change: ReportedChange, report: DiffReport): readonly object[] {
  return change.path.map(({ step, edge, branch, uri, range }) => ({
    step,
    ...(edge === undefined ? {} : { edge }),
    ...(branch === undefined ? {} : { branch }),
    ...placeIn(report, sideOfPath(change), { uri, range }),
  }));
}
