import { type Edge, END, type Graph, START } from '../authority/graph.js';
import type { Step } from '../model/playbook.js';
import type { GraphEdge } from './step-graph.js';

/**
 * The edges of the control-flow graph between steps, each once. A step that has several nodes there, attempts or the second
 * one of a loop, is one here: the way back in a loop leads to the loop. Left out is that a step is ended wherever it is, since
 * such edges lead from everything inside: a branch by another that was first, or by a time limit around it.
 *
 * @param outside what start and end of this playbook are: its call, or `null`
 */
export function edgesOf(graph: Graph, keyOf: ReadonlyMap<Step, string>, outside: string | null): readonly GraphEdge[] {
  const keyAt = (node: number): string | null => {
    const step = graph.nodes[node]?.step;
    return step === undefined ? outside : (keyOf.get(step) ?? outside);
  };
  const edges: GraphEdge[] = [];
  for (const { edges: out } of graph.nodes) {
    for (const edge of out) {
      if (edge.kind === 'cut-off' || edge.kind === 'overrun' || isInside(edge, graph)) continue;
      const { kind, branch } = edge;
      edges.push({ from: keyAt(edge.from), to: keyAt(edge.to), kind, ...(branch === undefined ? {} : { branch }) });
    }
  }
  const seen = new Set<string>();
  return edges.filter(({ from, to, kind, branch }) => {
    const name = JSON.stringify([from, to, kind, branch]);
    return !seen.has(name) && seen.add(name);
  });
}

/** From one node of a step to another of the same, which is no way anywhere; but for an empty loop's, and attempts. */
function isInside({ from, to, kind }: Edge, { nodes }: Graph): boolean {
  if (from === START || to === END) return false;
  return kind !== 'retry' && kind !== 'item' && nodes[from]?.step === nodes[to]?.step;
}
