import type { Range } from '../events/filter.js';
import { overlaps } from '../events/range.js';
import type { Part, StepNode, StepTree } from '../model/steps.js';

/** One row of the waterfall: a step, or a turn, call or wait in it. */
export interface WaterfallRow {
  readonly node: StepNode | undefined;
  readonly part: Part | undefined;
  readonly depth: number;
  /** Whether there is more below it to fold. */
  readonly inner: boolean;
}

/** The rows of a range, in the order of the steps; what stands in a folded step is left out. */
export function waterfallRows(
  tree: StepTree,
  range: Range | undefined,
  folded: ReadonlySet<number>,
): readonly WaterfallRow[] {
  const rows: WaterfallRow[] = [];
  const add = (node: StepNode, depth: number): void => {
    if (!overlaps(node, range)) return;
    const inner = node.parts.length > 0 || node.lanes.some(({ steps }) => steps.length > 0);
    rows.push({ node, part: undefined, depth, inner });
    if (folded.has(node.id)) return;
    for (const part of node.parts) {
      if (!overlaps(part, range)) continue;
      rows.push({ node, part, depth: depth + (part.turn === undefined ? 1 : 2), inner: false });
    }
    for (const { steps } of node.lanes) for (const step of steps) add(step, depth + 1);
  };
  for (const node of tree.top) add(node, 0);
  for (const part of tree.loose) {
    if (overlaps(part, range)) rows.push({ node: undefined, part, depth: 0, inner: false });
  }
  return rows;
}

/** The row that shows an event: the last of its step that begins no later. -1 when none does. */
export function rowOfEvent(rows: readonly WaterfallRow[], node: StepNode | undefined, index: number): number {
  let found = -1;
  for (const [at, row] of rows.entries()) {
    if (row.node !== node || (row.part?.at ?? row.node?.at ?? 0) > index) continue;
    if (row.part !== undefined || found < 0) found = at;
  }
  return found;
}
