import type { GateStep, Step } from '../model/playbook.js';
import type { Act } from './acts.js';
import { type LostApproval, termsOf } from './approval-terms.js';
import { type BareWay, bareWay, markBareWays } from './bare-ways.js';
import { type Flow, isReached } from './flow.js';
import { follow, type Held } from './follow-approval.js';
import { nodesOf, START } from './graph.js';
import { type Marks, marksFor } from './marks.js';
import { type PathStep, shortestPath } from './paths.js';

export type ApprovalVerdict =
  /** On every path the act is reached with a valid approval. */
  | { readonly kind: 'proven'; readonly gates: readonly GateStep[] }
  /** The same, unless an approval expires on the way: how long machines take is not declared, so the run checks it. */
  | { readonly kind: 'runtime'; readonly gates: readonly GateStep[] }
  /** A path reaches the act without one; a shortest is given. `lost` says what took an approval away on it. */
  | {
      readonly kind: 'violated';
      readonly gates: readonly GateStep[];
      readonly path: readonly PathStep[];
      readonly lost: LostApproval | undefined;
    }
  /** No path reaches the act. */
  | { readonly kind: 'unreachable'; readonly gates: readonly GateStep[] }
  /** There is more to follow than is followed; counts as violated. */
  | { readonly kind: 'unknown'; readonly gates: readonly GateStep[] };

/**
 * Tells of acts of a playbook whether every path to one passes a gate that approved it, with the approval still valid
 * there. Make one for all acts: what their searches note, they note in the same place one after the other.
 *
 * An approval comes into being on a gate's approved edge only. Each execution of the act uses one up, however the execution
 * ends. It is void once a step whose result the approved call was made of runs, once the gate asks again, and once it
 * expires. Parallel branches interleave freely: what another branch may do, it may do at the worst moment.
 *
 * Two searches share the work. Backwards from the act, never across an approved edge: if that reaches the start, its way is
 * the counterexample; where it goes is called *bare*. Forwards from each approved edge as long as the approval is valid: if
 * it is lost at a bare place, the way there and on is the counterexample. Both stay near the act, so a whole playbook takes
 * time in proportion to its length. Branches are taken to be free: a path counts even if its conditions exclude each other.
 */
export function proverOf(flow: Flow): (act: Act) => ApprovalVerdict {
  const size = flow.graph.nodes.length;
  const bare = marksFor<BareWay>(size);
  const seen = marksFor<Held>(size);
  return (act) => prove(flow, act, bare, seen);
}

function prove(flow: Flow, act: Act, bare: Marks<BareWay>, seen: Marks<Held>): ApprovalVerdict {
  const gates = act.step.kind === 'action' ? (flow.gatesOf.get(act.step.id.value) ?? []) : [];
  if (!isReached(flow, act.step)) return { kind: 'unreachable', gates };
  if (gates.length === 0) return ungated(flow, act.step);
  const targets = nodesOf(flow.graph, act.step);
  const isWhole = markBareWays(flow, targets, gates, bare, true);
  if (bare.get(START) && !flow.faults.has('any-path-merge')) {
    return { kind: 'violated', gates, path: bareWay(flow, bare, START), lost: undefined };
  }
  // What other branches approved may be lost there as well: once an approval is lost, nothing is relied on at a join.
  if (!isWhole) markBareWays(flow, targets, gates, bare, false);
  let best: { readonly length: number; readonly path: readonly PathStep[]; readonly lost: LostApproval } | undefined;
  let late = false;
  for (const gate of gates) {
    const found = follow({ flow, act, gate, gates, terms: termsOf(flow, act, gate) }, bare, seen, best?.length);
    if (found === 'too-much') return { kind: 'unknown', gates };
    if (found.late) late = true;
    if (found.best) best = found.best;
  }
  if (best && !flow.faults.has('any-path-merge')) return { kind: 'violated', gates, path: best.path, lost: best.lost };
  return { kind: late ? 'runtime' : 'proven', gates };
}

/** Of an act that no gate grants. Its path is made when it is asked for: those of a long playbook together are very long. */
function ungated(flow: Flow, step: Step): ApprovalVerdict {
  return {
    kind: 'violated',
    gates: [],
    get path() {
      return shortestPath(flow, step);
    },
    lost: undefined,
  };
}
