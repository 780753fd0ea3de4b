import type { Draft, StepBuilder } from './build.js';
import type { ForeignEdge } from './model.js';

/** Ways that lead out of a list of steps and have no goal yet. */
export type Exits = readonly { readonly from: Draft | 'start'; readonly edge: Omit<ForeignEdge, 'to'> }[];

/** Leads all ways out to a step, or to the end of the run. */
export function connect(builder: StepBuilder, exits: Exits, to: Draft | 'end'): void {
  for (const { from, edge } of exits) builder.edge(from, { ...edge, to: to === 'end' ? 'end' : to.index });
}
