import type { Boundary, BoundaryCell, CellVerdict } from '../authority/cell.js';
import { VERDICT_WORDS } from '../authority/verdict-words.js';
import { count } from './explain.js';
import type { SourceFile } from './source-file.js';

/**
 * What a playbook may do, in one line: `3 acts: 1 without a person, 2 after approval · ai-augmented`, and what of it is not
 * proven. `undefined` for what is no playbook, or says nothing yet.
 */
export function boundarySummary(source: SourceFile): string | undefined {
  if (source.root?.kind !== 'map') return undefined;
  const boundary = source.boundary();
  if (!boundary) return undefined;
  return [acts(boundary), boundary.operatingModel.computed, ...doubts(boundary)].join(' · ');
}

function acts({ cells }: Boundary): string {
  const levels: readonly (readonly [string, readonly BoundaryCell['autonomy'][]])[] = [
    ['without a person', ['autonomous']],
    ['told afterwards', ['notify']],
    ['after approval', ['approve']],
    ['by a person', ['assist', 'manual']],
  ];
  if (cells.length === 0) return 'Only reads and records';
  const groups = levels.flatMap(([words, names]) => {
    const number = cells.filter(({ autonomy }) => names.includes(autonomy)).length;
    return number === 0 ? [] : [`${number} ${words}`];
  });
  return `${count(cells.length, 'act')}: ${groups.join(', ')}`;
}

function doubts({ cells }: Boundary): readonly string[] {
  const bad: readonly CellVerdict[] = ['violated', 'unknown'];
  return bad.flatMap((verdict) => {
    const number = cells.filter((cell) => cell.verdict === verdict).length;
    return number === 0 ? [] : [`${number} ${VERDICT_WORDS[verdict]}`];
  });
}
