import type { GateStep, ParallelStep, Step } from '../model/playbook.js';
import { approves, branchOf } from './approving.js';
import type { Flow } from './flow.js';
import { type Edge, START } from './graph.js';
import type { Marks } from './marks.js';
import type { PathStep } from './paths.js';

/** How a node leads on to the act without an approval coming into being: the next edge, and how many there are. */
export interface BareWay {
  readonly edge: Edge | undefined;
  readonly length: number;
}

/**
 * Marks every node from which a way leads to `targets` without an approval of `gates`; with `fromStart` only as far as needed
 * to reach the start, and relying on what gates in other branches of a parallel step approve.
 * @returns whether nothing was left out for relying on that
 */
export function markBareWays(
  flow: Flow,
  targets: readonly number[],
  gates: readonly GateStep[],
  ways: Marks<BareWay>,
  fromStart: boolean,
): boolean {
  const { nodes } = flow.graph;
  let isWhole = true;
  ways.clear();
  for (const node of targets) ways.set(node, { edge: undefined, length: 0 });
  const queue = [...targets];
  for (let next = 0; next < queue.length; next++) {
    const at = queue[next] ?? START;
    const node = nodes[at];
    const length = (ways.get(at)?.length ?? 0) + 1;
    for (const edge of node?.into ?? []) {
      const { from } = edge;
      if (ways.get(from)) continue;
      const step = nodes[from]?.step;
      if (step?.kind === 'gate' && approves(flow, step, edge) && gates.includes(step)) continue;
      if (fromStart && !staysBare(flow, edge, gates)) {
        isWhole = false;
        continue;
      }
      ways.set(from, { edge, length });
      if (fromStart && from === START) return isWhole;
      queue.push(from);
    }
  }
  return isWhole;
}

/** The steps from a node to the act, without an approval. */
export function bareWay(flow: Flow, bare: Marks<BareWay>, from: number): readonly PathStep[] {
  const path: PathStep[] = [];
  for (let at = from, way = bare.get(at); way?.edge; at = way.edge.to, way = bare.get(at)) {
    const step = flow.graph.nodes[at]?.step;
    if (step) path.push({ step, edge: way.edge });
  }
  return path;
}

/** Whether there may be no approval where an edge leads, if there is none in the branch it comes from. */
function staysBare(flow: Flow, { from, to, kind }: Edge, gates: readonly GateStep[]): boolean {
  const { nodes } = flow.graph;
  const joined = nodes[to];
  if (joined?.role !== 'joined' || joined.step?.kind !== 'parallel') return true;
  const step = nodes[from]?.step;
  return kind === 'cut-off' ? isCutOff(flow, joined.step, step, gates) : decides(flow, joined.step, step, gates);
}

/**
 * Whether there may be no approval after a parallel step where the branch that `step` ends had none. Where one branch suffices,
 * each may be the one. Where all end, each of the others with a gate of the act must be able to end without an approval, too.
 */
function decides(flow: Flow, parallel: ParallelStep, step: Step | undefined, gates: readonly GateStep[]): boolean {
  if (parallel.join.value === 'any' && !flow.faults.has('join-any-as-all')) return true;
  // An empty branch leads from the parallel step itself, which is in none.
  const own = step ? branchOf(flow, parallel, step) : -1;
  const others = new Set(gates.map((gate) => branchOf(flow, parallel, gate)));
  return [...others].every((index) => index < 0 || index === own || endsBare(flow, parallel, index, gates));
}

/** Whether a branch may be ended by another one that gives no approval itself: then there is none afterwards. */
function isCutOff(flow: Flow, parallel: ParallelStep, step: Step | undefined, gates: readonly GateStep[]): boolean {
  const own = step ? branchOf(flow, parallel, step) : -1;
  return parallel.branches.some((_, index) => index !== own && endsBare(flow, parallel, index, gates));
}

/** Whether a branch can end without an approval of `gates` coming into being in it. */
function endsBare(flow: Flow, parallel: ParallelStep, index: number, gates: readonly GateStep[]): boolean {
  const { nodes, nodeOf, furtherNodesOf } = flow.graph;
  const joined = furtherNodesOf.get(parallel)?.[0];
  const name = parallel.branches[index]?.name.value;
  const start = nodes[nodeOf.get(parallel) ?? START]?.edges.find(
    ({ kind, branch }) => kind === 'branch' && branch === name,
  );
  if (start === undefined || joined === undefined) return false;
  const seen = new Set([start.to]);
  const queue = [start.to];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (at === joined) return true;
    const step = nodes[at]?.step;
    for (const edge of nodes[at]?.edges ?? []) {
      if (seen.has(edge.to) || (edge.kind === 'cut-off' && edge.to === joined)) continue;
      if (step?.kind === 'gate' && gates.includes(step) && approves(flow, step, edge)) continue;
      const next = nodes[edge.to]?.step;
      if (edge.to !== joined && (next === undefined || branchOf(flow, parallel, next) !== index)) continue;
      seen.add(edge.to);
      queue.push(edge.to);
    }
  }
  return false;
}
