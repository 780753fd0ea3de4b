import type { GateStep, Step } from '../model/playbook.js';
import type { Act } from './acts.js';
import { type Edge, type Graph, START } from './graph.js';

/** How a path goes: the steps it passes, and how it leaves each. */
export interface PathStep {
  readonly step: Step;
  readonly edge: Edge;
}

export type ApprovalVerdict =
  /** On every path the act is reached with a valid approval. */
  | { readonly kind: 'proven'; readonly gates: readonly GateStep[] }
  /** A path reaches the act without one; the shortest is given. `lost` says what took an approval away on it. */
  | {
      readonly kind: 'violated';
      readonly gates: readonly GateStep[];
      readonly path: readonly PathStep[];
      readonly lost: LostApproval | undefined;
    }
  /** No path reaches the act. */
  | { readonly kind: 'unreachable'; readonly gates: readonly GateStep[] };

/** What an approval that was given was lost to. */
export interface LostApproval {
  readonly gate: GateStep;
  readonly at: Step;
  readonly because: 'used' | 'rebound';
}

interface State {
  readonly node: number;
  /** Uses left of each granting gate's approval, in the order of `gates`. */
  readonly left: readonly number[];
  readonly lost: LostApproval | undefined;
  readonly from: { readonly state: State; readonly edge: Edge } | undefined;
}

/**
 * Whether every path to an act passes a gate that approved it, with the approval still valid there. Explores the product
 * of the graph with the approvals held for this act, breadth first, so that the answer is exact for the graph and the
 * path of a violation is a shortest one. Approvals come into being on a gate's approved edge only; each execution of the
 * act uses one up, however the execution ends; running a step whose output the act's arguments read voids them all, since
 * what was approved is no longer what would run.
 *
 * @param inputs Ids of the steps whose output the act's arguments read.
 *
 * Sound for the graph: branches are taken to be free, so a path counts even if its conditions exclude each other.
 */
export function proveApproval(graph: Graph, act: Act, inputs: ReadonlySet<string>): ApprovalVerdict {
  const gates: GateStep[] = [];
  for (const node of graph.nodes) {
    const { step } = node;
    if (step?.kind === 'gate' && step.grants.some((grant) => grant.value === act.step.id.value)) gates.push(step);
  }
  const target = graph.nodeOf.get(act.step);
  const first: State = { node: START, left: gates.map(() => 0), lost: undefined, from: undefined };
  const seen = new Set([key(first)]);
  let reached = false;
  let layer: State[] = [first];
  while (layer.length > 0) {
    const following: State[] = [];
    for (const state of layer) {
      if (state.node === target) {
        reached = true;
        if (state.left.every((uses) => uses === 0))
          return { kind: 'violated', gates, path: pathTo(graph, state), lost: state.lost };
      }
      const step = graph.nodes[state.node]?.step;
      for (const edge of graph.nodes[state.node]?.edges ?? []) {
        const next = follow(state, step, edge);
        const identity = key(next);
        if (seen.has(identity)) continue;
        seen.add(identity);
        following.push(next);
      }
    }
    layer = following;
  }
  return { kind: reached ? 'proven' : 'unreachable', gates };

  function follow(state: State, step: Step | undefined, edge: Edge): State {
    let { left, lost } = state;
    const held = left.findIndex((uses) => uses > 0);
    if (step && edge.kind !== 'skipped') {
      if (step.kind === 'gate' && edge.kind === 'approved') {
        const given = gates.indexOf(step);
        if (given >= 0) {
          left = left.map((uses, index) => (index === given ? (step.approval.uses?.value ?? 1) : uses));
          lost = undefined;
        }
      } else if (step === act.step) {
        // Which of several approvals an execution uses is the runner's choice, so each counts as used.
        left = left.map((uses) => Math.max(0, uses - 1));
        lost = lostTo('used', step, held, left) ?? lost;
      } else if (inputs.has(step.id.value) && held >= 0) {
        left = left.map(() => 0);
        lost = lostTo('rebound', step, held, left) ?? lost;
      }
    }
    return { node: edge.to, left, lost, from: { state, edge } };
  }

  function lostTo(
    because: LostApproval['because'],
    at: Step,
    held: number,
    left: readonly number[],
  ): LostApproval | undefined {
    const gate = gates[held];
    return gate && left.every((uses) => uses === 0) ? { gate, at, because } : undefined;
  }
}

function key(state: State): string {
  return `${state.node}:${state.left.join(',')}`;
}

function pathTo(graph: Graph, state: State): readonly PathStep[] {
  const path: PathStep[] = [];
  for (let at = state.from; at; at = at.state.from) {
    const step = graph.nodes[at.state.node]?.step;
    if (step) path.push({ step, edge: at.edge });
  }
  return path.reverse();
}

/** A path in words: `investigate → route (malicious) → approve_containment (rejected)`. */
export function describePath(path: readonly PathStep[]): string {
  const words = path.map(({ step, edge }) =>
    edge.kind === 'ok' ? step.id.value : `${step.id.value} (${edge.branch ?? edge.kind})`,
  );
  return words.length > 8 ? [...words.slice(0, 3), '…', ...words.slice(-4)].join(' → ') : words.join(' → ');
}
