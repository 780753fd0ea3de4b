import type { BoundaryCell } from '../../language/index.js';
import { shownPath } from '../files.js';
import type { FileBoundary } from './boundary.js';

/** One boundary as an object, several as a list. Positions are zero-based, UTF-16. */
export function boundaryJson(results: readonly FileBoundary[]): string {
  const shown = results.map((result) => ({
    version: result.boundary.version,
    playbook: result.boundary.playbook,
    file: shownPath(result.file),
    operatingModel: result.boundary.operatingModel,
    cells: result.boundary.cells.map((cell) => shownCell(cell, result)),
    ...(result.foreign ? shownForeign(result.foreign, result) : {}),
  }));
  return `${JSON.stringify(shown.length === 1 ? shown[0] : shown, null, 2)}\n`;
}

function shownCell({ place, ...cell }: BoundaryCell, result: FileBoundary) {
  return { ...cell, place: shownPlace(place, result) };
}

/** Of a playbook of another product: which one, what of it is not understood, and questions whose answer nothing reads. */
function shownForeign({ format, notUnderstood, unread }: NonNullable<FileBoundary['foreign']>, result: FileBoundary) {
  return {
    format,
    notUnderstood: notUnderstood.map(({ what, ...place }) => ({ what, place: shownPlace(place, result) })),
    unread: unread.map(({ id, ...place }) => ({ step: id, place: shownPlace(place, result) })),
  };
}

function shownPlace({ uri, range }: BoundaryCell['place'], { linesOf, nameOf }: FileBoundary) {
  const lines = linesOf(uri);
  return { file: nameOf(uri), range: { start: lines.positionAt(range.start), end: lines.positionAt(range.end) } };
}
