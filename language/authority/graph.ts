import type { Handler, Playbook, Step } from '../model/playbook.js';

/**
 * The control-flow graph of a playbook: one node per step, plus where the run starts and ends. An edge says how a step was
 * left. Every way the runner can leave a step has an edge; a guard, an error or a refusal is as real as success.
 */
export interface Graph {
  /** Index 0 is the start, 1 the end. */
  readonly nodes: readonly GraphNode[];
  readonly nodeOf: ReadonlyMap<Step, number>;
}

export interface GraphNode {
  /** `undefined` for start and end. */
  readonly step: Step | undefined;
  readonly edges: readonly Edge[];
}

export interface Edge {
  readonly to: number;
  readonly kind: EdgeKind;
  /** The branch taken, for `branch` edges: `then`, `else`, a case's value, `default`. */
  readonly branch?: string;
}

export type EdgeKind =
  | 'begin'
  | 'ok'
  | 'skipped'
  | 'failed'
  | 'branch'
  | 'approved'
  | 'rejected'
  | 'timed-out'
  | 'stopped';

export const START = 0;
export const END = 1;

/** The graph of `playbook`. */
export function buildGraph(playbook: Pick<Playbook, 'steps'>): Graph {
  const nodes: { step: Step | undefined; edges: Edge[] }[] = [
    { step: undefined, edges: [] },
    { step: undefined, edges: [] },
  ];
  const nodeOf = new Map<Step, number>();

  /** Adds a list that goes on to `next`, last step first, and returns where the list starts. */
  function addList(steps: readonly Step[], next: number): number {
    let following = next;
    for (const step of steps.toReversed()) following = addStep(step, following);
    return following;
  }

  function addHandler(handler: Handler, next: number): number {
    return addList(handler.steps, handler.then === 'continue' ? next : END);
  }

  function addStep(step: Step, next: number): number {
    const at = nodes.length;
    const edges: Edge[] = [];
    nodes.push({ step, edges });
    nodeOf.set(step, at);
    if (step.when) edges.push({ to: next, kind: 'skipped' });
    switch (step.kind) {
      case 'action':
      case 'agent':
      case 'manual':
        edges.push({ to: next, kind: 'ok' });
        break;
      case 'gate':
        edges.push({ to: next, kind: 'approved' });
        edges.push({ to: addHandler(step.onReject, next), kind: 'rejected' });
        edges.push({ to: addHandler(step.onTimeout, next), kind: 'timed-out' });
        break;
      case 'if':
        edges.push({ to: addList(step.then, next), kind: 'branch', branch: 'then' });
        edges.push({ to: addList(step.else, next), kind: 'branch', branch: 'else' });
        break;
      case 'switch':
        for (const branch of step.cases) {
          edges.push({ to: addList(branch.steps, next), kind: 'branch', branch: String(branch.value.value) });
        }
        if (step.default) edges.push({ to: addList(step.default, next), kind: 'branch', branch: 'default' });
        break;
      case 'stop':
        edges.push({ to: END, kind: 'stopped' });
        break;
    }
    // Any step can fail, a guard's evaluation included.
    edges.push({ to: addHandler(step.onError, next), kind: 'failed' });
    return at;
  }

  const first = addList(playbook.steps, END);
  nodes[START]?.edges.push({ to: first, kind: 'begin' });
  return { nodes, nodeOf };
}

/** The nodes that some path from `from` (itself excluded unless a cycle leads back) passes through. */
export function reachableFrom(
  graph: Graph,
  from: number,
  along: (edge: Edge) => boolean = () => true,
): ReadonlySet<number> {
  const seen = new Set<number>();
  const queue = (graph.nodes[from]?.edges ?? []).filter(along).map((edge) => edge.to);
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    for (const edge of graph.nodes[at]?.edges ?? []) queue.push(edge.to);
  }
  return seen;
}
