import type { Handler, Playbook, Step } from '../model/playbook.js';
import type { AnalysisFault } from './faults.js';

/**
 * The control-flow graph of a playbook: where a run can be, and every way to go on from there. An edge says how a step was
 * left. Every way the runner can leave a step has an edge; a guard, an error or a refusal is as real as success.
 *
 * Most steps are one node. A loop has a second one (`each`) from which items are taken, a parallel step a second one
 * (`joined`) that its branches lead to, and a step with `retry` one for each attempt. Branches of a parallel step appear as
 * alternatives; `approvals.ts` says where that they all run makes a difference.
 */
export interface Graph {
  /** Index 0 is the start, 1 the end. */
  readonly nodes: readonly GraphNode[];
  /** The node at which a step begins. */
  readonly nodeOf: ReadonlyMap<Step, number>;
  /** The further nodes of a step that has some: later attempts in order, or its second node. */
  readonly furtherNodesOf: ReadonlyMap<Step, readonly number[]>;
}

export interface GraphNode {
  /** `undefined` for start and end. */
  readonly step: Step | undefined;
  readonly role: 'run' | 'each' | 'joined';
  readonly edges: readonly Edge[];
  /** Edges that lead here. */
  readonly into: readonly Edge[];
}

export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly kind: EdgeKind;
  /** The branch taken, for `branch` edges: `then`, `else`, a case's value, `default`, a branch's name. */
  readonly branch: string | undefined;
}

export type EdgeKind =
  | 'begin'
  | 'ok'
  | 'skipped'
  | 'failed'
  /** Failed or took too long, and is tried again. */
  | 'retry'
  | 'branch'
  /** A loop has its list and goes on to the first item. */
  | 'entered'
  /** A loop takes its next item. */
  | 'item'
  /** A loop has no more items. */
  | 'done'
  /** A parallel step goes on. */
  | 'joined'
  /** Another branch was first, and the step is ended wherever it is. */
  | 'cut-off'
  /** A step around it took too long, and it is ended wherever it is. */
  | 'overrun'
  | 'approved'
  | 'rejected'
  | 'timed-out'
  | 'stopped';

export const START = 0;
export const END = 1;

/** The graph of `playbook`. `faults` plants faults, for tests of the tests. */
export function buildGraph(playbook: Pick<Playbook, 'steps'>, faults?: ReadonlySet<AnalysisFault>): Graph {
  const nodes: { step: Step | undefined; role: GraphNode['role']; edges: Edge[]; into: Edge[] }[] = [];
  const nodeOf = new Map<Step, number>();
  const furtherNodesOf = new Map<Step, readonly number[]>();

  function addNode(step: Step | undefined, role: GraphNode['role'] = 'run'): number {
    return nodes.push({ step, role, edges: [], into: [] }) - 1;
  }

  function addFurtherNode(step: Step, role: GraphNode['role']): number {
    const at = addNode(step, role);
    furtherNodesOf.set(step, [...(furtherNodesOf.get(step) ?? []), at]);
    return at;
  }

  function addEdge(from: number, kind: EdgeKind, to: number, branch?: string): void {
    const edge: Edge = { from, to, kind, branch };
    nodes[from]?.edges.push(edge);
    nodes[to]?.into.push(edge);
  }

  /** Adds a list that goes on to `next`, last step first, and returns where the list starts. */
  function addList(steps: readonly Step[], next: number): number {
    let following = next;
    for (let at = steps.length - 1; at >= 0; at--) {
      const step = steps[at];
      if (step) following = addStep(step, following);
    }
    return following;
  }

  function addHandler(handler: Handler, next: number): number {
    if (faults?.has('handler-steps-ignored')) return handler.then === 'continue' ? next : END;
    return addList(handler.steps, handler.then === 'continue' ? next : END);
  }

  function addStep(step: Step, next: number): number {
    const at = addNode(step);
    nodeOf.set(step, at);
    if (step.when && !faults?.has('skipped-guard-ignored')) addEdge(at, 'skipped', next);
    const failure = addHandler(step.onError, next);
    const inside = nodes.length;
    switch (step.kind) {
      case 'action':
      case 'agent': {
        let last = at;
        const attempts = faults?.has('retry-ignored') ? 1 : (step.retry?.attempts ?? 1);
        for (let attempt = 1; ; attempt++) {
          addEdge(last, 'ok', next);
          if (attempt >= attempts) break;
          const again = addFurtherNode(step, 'run');
          addEdge(last, 'retry', again);
          last = again;
        }
        if (last !== at && !faults?.has('error-edges-ignored')) addEdge(last, 'failed', failure);
        break;
      }
      case 'manual':
        addEdge(at, 'ok', next);
        break;
      case 'call':
        addEdge(at, 'ok', faults?.has('call-never-returns') ? END : next);
        break;
      case 'gate':
        addEdge(at, 'approved', next);
        addEdge(at, 'rejected', addHandler(step.onReject, next));
        addEdge(at, 'timed-out', addHandler(step.onTimeout, next));
        // A reviewer's modification is shown and asked afresh at the same gate: no edge of its own.
        break;
      case 'if':
        addEdge(at, 'branch', addList(step.then, next), 'then');
        addEdge(at, 'branch', addList(step.else, next), 'else');
        break;
      case 'switch':
        for (const branch of step.cases) {
          addEdge(at, 'branch', addList(branch.steps, next), String(branch.value.value));
        }
        if (step.default) addEdge(at, 'branch', addList(step.default, next), 'default');
        break;
      case 'for-each': {
        const each = addFurtherNode(step, 'each');
        addEdge(at, 'entered', each);
        // A loop of at most one item never comes back to its first step.
        const once = step.max === 1 || faults?.has('loop-once') ? addFurtherNode(step, 'each') : undefined;
        if (once !== undefined) addEdge(once, 'done', next);
        addEdge(each, 'item', addList(step.steps, once ?? each));
        addEdge(each, 'done', next);
        break;
      }
      case 'parallel': {
        const joined = addFurtherNode(step, 'joined');
        const branches = step.branches.map((branch) => {
          const first = nodes.length;
          addEdge(at, 'branch', addList(branch.steps, joined), branch.name.value);
          return { first, end: nodes.length };
        });
        if (step.join.value === 'any' && !faults?.has('join-any-as-all')) cutOffByFirst(joined, branches);
        if (step.branches.length === 0) addEdge(at, 'ok', next);
        addEdge(joined, 'joined', next);
        break;
      }
      case 'stop':
        addEdge(at, 'stopped', END);
        break;
    }
    // Whatever a step holds ends when its own time is over, wherever it is then.
    if (step.timeout && isComposite(step) && !faults?.has('overrun-ignored')) {
      for (let node = inside; node < nodes.length; node++) addEdge(node, 'overrun', failure);
    }
    // Any step can fail, a guard's evaluation included.
    if (!faults?.has('error-edges-ignored')) addEdge(at, 'failed', failure);
    return at;
  }

  /** Of branches of which one suffices, each is ended wherever it is once another one has ended. */
  function cutOffByFirst(joined: number, branches: readonly { readonly first: number; readonly end: number }[]): void {
    const ending = branches.map(({ first, end }) =>
      (nodes[joined]?.into ?? []).some(({ from }) => first <= from && from < end),
    );
    for (const [index, { first, end }] of branches.entries()) {
      if (!ending.some((ends, other) => ends && other !== index)) continue;
      for (let node = first; node < end; node++) addEdge(node, 'cut-off', joined);
    }
  }

  addNode(undefined);
  addNode(undefined);
  addEdge(START, 'begin', addList(playbook.steps, END));
  return { nodes, nodeOf, furtherNodesOf };
}

/** All nodes of a step, the one at which it begins first. */
export function nodesOf({ nodeOf, furtherNodesOf }: Graph, step: Step): readonly number[] {
  const first = nodeOf.get(step);
  return first === undefined ? [] : [first, ...(furtherNodesOf.get(step) ?? [])];
}

/** Whether steps lie in a step, so that a timeout of its own bounds them. */
function isComposite({ kind }: Step): boolean {
  return kind === 'if' || kind === 'switch' || kind === 'for-each' || kind === 'parallel';
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
