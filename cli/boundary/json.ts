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
  }));
  return `${JSON.stringify(shown.length === 1 ? shown[0] : shown, null, 2)}\n`;
}

function shownCell({ place, ...cell }: BoundaryCell, { linesOf, nameOf }: FileBoundary) {
  const lines = linesOf(place.uri);
  return {
    ...cell,
    place: {
      file: nameOf(place.uri),
      range: { start: lines.positionAt(place.range.start), end: lines.positionAt(place.range.end) },
    },
  };
}
