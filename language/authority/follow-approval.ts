import type { GateStep, Step } from '../model/playbook.js';
import type { Act } from './acts.js';
import { changes, interferes, type LostApproval, type Terms } from './approval-terms.js';
import { approves, branchOf } from './approving.js';
import { type BareWay, bareWay } from './bare-ways.js';
import { type Flow, isReached } from './flow.js';
import type { Edge, GraphNode } from './graph.js';
import type { Marks } from './marks.js';
import { type PathStep, wayTo } from './paths.js';
import { longestWait, waitAt } from './waiting.js';

/** An approval that a gate gives for an act. */
interface Given {
  readonly flow: Flow;
  readonly act: Act;
  readonly gate: GateStep;
  /** All gates that grant the act. */
  readonly gates: readonly GateStep[];
  readonly terms: Terms;
}

/** A place with an approval in hand. */
export interface Held {
  readonly kind: 'held';
  readonly node: number;
  /** Executions it still covers: of the item at hand, where a loop around the act was unrolled at the gate. */
  readonly uses: number;
  /** Milliseconds since it was given, as far as anything is declared; 0 when it does not expire. */
  readonly elapsed: number;
  /** Something of undeclared length came in between, and it expires. */
  readonly late: boolean;
  readonly depth: number;
  /** Where it was held before, and the edge from there; `undefined` at the gate. */
  readonly before: Held | undefined;
  readonly edge: Edge | undefined;
}

interface Followed {
  /** Whether the act is reached after something of undeclared length, with an approval that expires. */
  readonly late: boolean;
  readonly best:
    | { readonly length: number; readonly path: readonly PathStep[]; readonly lost: LostApproval }
    | undefined;
}

/** States looked at for one act; a playbook that needs more is told that nothing is proven. */
const MAX_STATES = 20_000;

/**
 * Follows an approval from where its gate gives it to where it is lost, and tells the shortest way on to the act, if one is
 * shorter than `atMost`.
 */
export function follow(
  given: Given,
  bare: Marks<BareWay>,
  seen: Marks<Held>,
  atMost: number = Infinity,
): Followed | 'too-much' {
  const { flow, act, gate, terms } = given;
  const { graph, structure, positionOf } = flow;
  const at = graph.nodeOf.get(gate);
  const place = structure.placeOf.get(act.step);
  if (at === undefined || !place || !isReached(flow, gate)) return { late: false, best: undefined };
  const limit = place.loops[0] ? (structure.placeOf.get(place.loops[0])?.last ?? place.position) : place.position;
  /** Past that position no way leads back to the act: nothing that happens to the approval there matters. */
  const matters = ({ to }: Edge): boolean => {
    const position = positionOf[to] ?? -1;
    return position >= 0 && position <= limit;
  };
  let best: Followed['best'];
  let late = false;
  let layer: Held[] = [];
  let states = 0;
  seen.clear();
  // Of a node that is held in several ways, all but the first.
  const others = new Set<string>();

  const lose = (held: Held, edge: Edge | undefined, lost: LostApproval): void => {
    const node = edge?.to ?? held.node;
    const rest = bare.get(node);
    if (!rest) return;
    const between = detour(flow, lost);
    const length = (flow.reached.distance[at] ?? 0) + held.depth + (edge ? 1 : 0) + between.length + rest.length;
    if (length >= (best?.length ?? atMost)) return;
    const path = [
      ...wayTo(flow, at),
      ...wayOf(flow, held),
      ...last(flow, held, edge),
      ...between,
      ...bareWay(flow, bare, node),
    ];
    best = { length, path, lost };
  };
  const enter = (before: Held, edge: Edge, { uses, elapsed, late }: Carried): void => {
    const held: Held = { kind: 'held', node: edge.to, uses, elapsed, late, depth: before.depth + 1, before, edge };
    const known = seen.get(edge.to);
    if (!known) seen.set(edge.to, held);
    else {
      if (known.uses === uses && known.elapsed === elapsed && known.late === late) return;
      const key = `${edge.to}:${uses}:${elapsed}:${late}`;
      if (others.has(key)) return;
      others.add(key);
    }
    states++;
    layer.push(held);
  };

  const origin: Held = {
    kind: 'held',
    node: at,
    uses: terms.uses,
    elapsed: 0,
    late: false,
    depth: 0,
    before: undefined,
    edge: undefined,
  };
  for (const edge of graph.nodes[at]?.edges ?? []) {
    if (!approves(flow, gate, edge) || !matters(edge)) continue;
    if (terms.void) lose(origin, edge, lostTo(given, terms.void.because, terms.void.at));
    else enter(origin, edge, origin);
  }
  while (layer.length > 0) {
    if (states > MAX_STATES) return 'too-much';
    const current = layer;
    layer = [];
    for (const held of current) {
      const node = graph.nodes[held.node];
      const step = node?.step;
      if (!node || !step) continue;
      if (step === act.step) {
        if (held.late) late = true;
        if (held.uses === 0) lose(held, undefined, lostTo(given, 'used', step));
      }
      for (const edge of node.edges) {
        if (!matters(edge)) continue;
        const next = leave(given, held, node.role, step, edge);
        if (next === 'taken-over') continue;
        if (next.kind === 'held') enter(held, edge, next);
        else lose(held, edge, next);
      }
    }
  }
  return { late, best };
}

/** What an approval is like when the run goes on with it. */
type Carried = Pick<Held, 'kind' | 'uses' | 'elapsed' | 'late'>;

/** `taken-over`: another approval takes its place; that is followed from where it is given. */
type Next = Carried | LostApproval | 'taken-over';

/** What becomes of an approval when a step is left by an edge. */
function leave(given: Given, held: Held, role: GraphNode['role'], step: Step, edge: Edge): Next {
  const { flow, act, gate, gates, terms } = given;
  const { faults } = flow;
  if (edge.kind === 'skipped') return held;
  if (step.kind === 'gate') {
    if (approves(flow, step, edge) && gates.includes(step)) return 'taken-over';
    // A gate that fails does so before anybody is asked.
    if (step === gate && edge.kind !== 'failed') return lostTo(given, 'asked-again', step);
  }
  let { uses } = held;
  if (step === act.step && role === 'run') {
    const isFailure = edge.kind === 'failed' || edge.kind === 'retry';
    const isFree = faults.has('single-use-not-consumed') || (isFailure && faults.has('failed-act-keeps-approval'));
    if (!isFree) uses = Math.max(0, uses - 1);
    // Within an unrolled loop the next item has a call, and uses, of its own.
    if (uses === 0 && terms.unrolled.length === 0) return lostTo(given, 'used', step);
  }
  if (changes(terms.reads, step) && !isDropped(step, edge) && !faults.has('rebinding-ignored'))
    return lostTo(given, 'rebound', step);
  if (step.kind === 'for-each' && role === 'each') {
    if (terms.unrolled.includes(step)) {
      if (edge.kind === 'item') uses = terms.uses;
      if (edge.kind === 'done' && step === terms.unrolled[0]) return lostTo(given, 'used', step);
    } else if (edge.kind === 'item' && terms.reads.items.has(step)) {
      return lostTo(given, 'rebound', step);
    }
  }
  if (step.kind === 'parallel' && edge.kind === 'branch') {
    // After the step has ended every branch has been followed; inside one, the others may run at any time.
    const own = branchOf(flow, step, act.step);
    const inside = own >= 0 && step.branches[own]?.name.value === edge.branch;
    const at = inside ? interferes(flow, terms.reads, gate, step, own) : undefined;
    if (at) return lostTo(given, 'interference', at);
  }
  if (terms.expires !== Infinity) return pass(given, held, uses, role, step, edge);
  return uses === held.uses ? held : { kind: 'held', uses, elapsed: 0, late: false };
}

/** Lets the time pass that leaving the step takes, of an approval that expires. */
function pass(given: Given, held: Held, uses: number, role: GraphNode['role'], step: Step, edge: Edge): Next {
  const { flow, gate, terms } = given;
  const timeless = flow.faults.has('waiting-takes-no-time');
  let { late, elapsed } = held;
  if (role === 'run') {
    const wait = waitAt(step, edge.kind, flow.waits);
    if (!timeless) elapsed += wait.known;
    late ||= wait.undeclared;
  }
  if (role === 'joined' && step.kind === 'parallel') {
    // The gate's branch may have ended long before the others did.
    const own = branchOf(flow, step, gate);
    if (own >= 0 && !timeless) {
      for (const [index, branch] of step.branches.entries()) {
        if (index === own) continue;
        const other = longestWait(branch.steps, flow.waits);
        elapsed = Math.max(elapsed, other.known);
        late ||= other.undeclared;
      }
    }
  }
  return elapsed >= terms.expires ? lostTo(given, 'expired', step) : { kind: 'held', uses, elapsed, late };
}

/** Whether a step is ended from outside with nothing to show for it: a person's task that is taken back has no result. */
function isDropped({ kind }: Step, edge: Edge): boolean {
  return (edge.kind === 'cut-off' || edge.kind === 'overrun') && (kind === 'manual' || kind === 'gate');
}

function lostTo({ gate }: Given, because: LostApproval['because'], at: Step): LostApproval {
  return { kind: 'lost', gate, at, because };
}

/** For people, and to act it out: the step of another branch, where the path meets it. */
function detour(flow: Flow, { at, because }: Omit<LostApproval, 'kind' | 'gate'>): readonly PathStep[] {
  if (because !== 'interference') return [];
  const edges = flow.graph.nodes[flow.graph.nodeOf.get(at) ?? -1]?.edges ?? [];
  const edge = edges.find(({ kind }) => kind === 'ok') ?? edges.find(({ kind }) => kind !== 'skipped');
  return edge ? [{ step: at, edge }] : [];
}

/** The steps an approval was held at. */
function wayOf(flow: Flow, held: Held): readonly PathStep[] {
  const path: PathStep[] = [];
  for (let at = held; at.before && at.edge; at = at.before) {
    const step = flow.graph.nodes[at.before.node]?.step;
    if (step) path.push({ step, edge: at.edge });
  }
  return path.reverse();
}

function last(flow: Flow, held: Held, edge: Edge | undefined): readonly PathStep[] {
  const step = flow.graph.nodes[held.node]?.step;
  return step && edge ? [{ step, edge }] : [];
}
