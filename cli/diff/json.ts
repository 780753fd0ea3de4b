import type { BoundaryCell } from '../../language/index.js';
import { causeWords, type DiffReport, type ReportedChange } from './report.js';

/** For programs. Positions are zero-based, UTF-16. Members may be added, and never change. */
export function diffJson(report: DiffReport): string {
  const { base, head, counts, changes } = report;
  const { widened, narrowed, unchanged, incomparable } = counts;
  const shown = {
    version: 1,
    base,
    head,
    summary: { widened, narrowed, unchanged, incomparable },
    changes: changes.map((change) => ({
      playbook: change.playbook,
      file: change.file,
      step: change.step,
      tool: change.tool,
      class: change.class,
      withoutPerson: change.withoutPerson,
      violates: change.violates,
      before: shownCell(change.before),
      after: shownCell(change.after),
      cause: causeWords(change),
      reasons: change.differences,
      witness: witnessOf(change, report),
    })),
  };
  return `${JSON.stringify(shown, null, 2)}\n`;
}

function shownCell(cell: BoundaryCell | null): object | null {
  if (!cell) return null;
  const { place: _, witness: __, ...shown } = cell;
  return shown;
}

function witnessOf(change: ReportedChange, { linesOf, nameOf }: DiffReport): readonly object[] {
  return change.path.map(({ step, edge, branch, uri, range }) => {
    const lines = linesOf(change, uri);
    return {
      step,
      ...(edge === undefined ? {} : { edge }),
      ...(branch === undefined ? {} : { branch }),
      file: nameOf(uri),
      range: { start: lines.positionAt(range.start), end: lines.positionAt(range.end) },
    };
  });
}
