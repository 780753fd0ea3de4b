import { dominatorsOf } from './dominators.js';
import type { FlowGraph } from './graph.js';
import { allPlanned, type Plan, type Planned } from './planned.js';

/** How many steps there are where each call of a part is written out. */
export function sizeOf({ steps, parts }: Plan, graph: FlowGraph): number {
  const sizes = new Map<number, number>();
  const sizeIn = (list: readonly Planned[]): number => {
    let size = 0;
    for (const one of allPlanned(list)) size += one.kind === 'part' ? (sizes.get(one.node) ?? 0) : 1;
    return size;
  };
  // A part calls only what comes after it.
  for (const node of dominatorsOf(graph).order.toReversed()) {
    const part = parts.get(node);
    if (part) sizes.set(node, sizeIn(part));
  }
  return sizeIn(steps);
}

/**
 * Whether a branch of a fork calls a part that ends the run, and the other branches with it. A part is written once, so it cannot end one
 * way here and another there.
 */
export function endsOthers({ steps, parts }: Plan): boolean {
  const calledIn = (list: readonly Planned[]): readonly number[] =>
    [...allPlanned(list)].flatMap((one) => (one.kind === 'part' ? [one.node] : []));
  const forks = [steps, ...parts.values()].flatMap((list) =>
    [...allPlanned(list)].flatMap((one) => (one.kind === 'fork' ? one.branches : [])),
  );
  const called = new Set(forks.flatMap(calledIn));
  for (const node of called) for (const one of calledIn(parts.get(node) ?? [])) called.add(one);
  return [...called].some((node) => [...allPlanned(parts.get(node) ?? [])].some(endsRun));
}

/** Whether a step ends the run where it stands, and not only the list. */
function endsRun(planned: Planned): boolean {
  switch (planned.kind) {
    case 'stop':
      return planned.why === 'left';
    case 'again':
      return planned.ends;
    case 'do':
      return planned.failed?.then === 'stop';
    default:
      return planned.kind === 'gate';
  }
}
