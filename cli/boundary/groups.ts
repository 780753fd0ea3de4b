import type { Boundary, BoundaryCell } from '../../language/authority/cell.js';
import { edgeWord } from '../../language/authority/paths.js';
import { VERDICT_WORDS } from '../../language/authority/verdict-words.js';

/** The questions a boundary answers, in the order a reviewer asks them, each with the cells that answer it. */
export function groupsOf({
  cells,
}: Boundary): readonly { readonly title: string; readonly cells: readonly BoundaryCell[] }[] {
  const at = (...levels: readonly BoundaryCell['autonomy'][]): readonly BoundaryCell[] =>
    cells.filter((cell) => levels.includes(cell.autonomy));
  return [
    { title: 'Without a person', cells: at('autonomous') },
    { title: 'Told afterwards', cells: at('notify') },
    { title: 'After approval', cells: at('approve') },
    { title: 'By a person', cells: at('manual', 'assist') },
  ];
}

/** Who lets it run: `1 person of analyst or soc-manager at "ask", valid for 30m`; empty where nobody is asked. */
export function whoApproves({ approval, autonomy }: BoundaryCell): string {
  if (!approval) return autonomy === 'approve' ? 'nobody is asked' : '';
  const people = approval.quorum === 1 ? '1 person' : `${approval.quorum} people`;
  const valid = approval.expires === null ? 'until the run ends' : `for ${approval.expires}`;
  return `${people} of ${approval.roles.join(' or ') || 'no role'} at "${approval.gate}", valid ${valid}`;
}

/** The path of a cell in words, the act at its end. */
export function pathOfCell({ witness, step }: BoundaryCell): string {
  const words = witness.map(({ step, edge, branch }) => {
    const way = edgeWord(branch === undefined ? { kind: edge } : { kind: edge, branch });
    return way === '' ? step : `${step} (${way})`;
  });
  return [...words, step].join(' → ');
}

/** How many cells have each verdict: `3 proven, 1 violated`. */
export function countOfVerdicts({ cells }: Boundary): string {
  const counts = (['proven', 'runtime', 'violated', 'unknown'] as const).flatMap((verdict) => {
    const count = cells.filter((cell) => cell.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${VERDICT_WORDS[verdict]}`];
  });
  return counts.length === 0 ? 'nothing consequential' : counts.join(', ');
}
