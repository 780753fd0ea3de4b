import type { ForEachStep, GateStep, ParallelStep, Step } from '../model/playbook.js';
import type { Act } from './acts.js';
import { type Flow, isReached } from './flow.js';
import { type Edge, type GraphNode, nodesOf, START } from './graph.js';
import { type Marks, marksFor } from './marks.js';
import { bothRead, type Reads, readsIn } from './reads.js';
import { contains } from './structure.js';
import { longestWait, waitAt } from './waiting.js';

/** How a path goes: the steps it passes, and how it leaves each. */
export interface PathStep {
  readonly step: Step;
  readonly edge: Edge;
}

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

/** What an approval that was given was lost to. */
export interface LostApproval {
  readonly kind: 'lost';
  readonly gate: GateStep;
  readonly at: Step;
  readonly because: /** It was for one execution. */
    | 'used'
    /** The step, or the loop's next item, changed what was approved. */
    | 'rebound'
    /** It may do so at any time, in another branch. */
    | 'interference'
    /** Waiting there takes longer than it is valid. */
    | 'expired'
    /** The gate asked anew. */
    | 'asked-again';
}

/** How a node leads on to the act without an approval coming into being: the next edge, and how many there are. */
interface BareWay {
  readonly edge: Edge | undefined;
  readonly length: number;
}

/** A place with an approval in hand. */
interface Held {
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

/** States looked at for one act; a playbook that needs more is told that nothing is proven. */
const MAX_STATES = 20_000;

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

/** Edges on which a gate's approval comes into being. */
function approves(flow: Flow, gate: GateStep, edge: Edge): boolean {
  const { faults } = flow;
  switch (edge.kind) {
    case 'approved':
      return true;
    case 'rejected':
      return (
        faults.has('modification-approves') ||
        (faults.has('reject-continues-approves') && gate.onReject.then === 'continue')
      );
    case 'timed-out':
      return faults.has('timeout-approves') || faults.has('modification-approves');
    case 'failed':
      return faults.has('gate-exception-approves');
    default:
      return false;
  }
}

/**
 * Marks every node from which a way leads to `targets` without an approval of `gates`; with `fromStart` only as far as needed
 * to reach the start, and relying on what gates in other branches of a parallel step approve.
 * @returns whether nothing was left out for relying on that
 */
function markBareWays(
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

/** Which branch of `parallel` a step is in; -1 when in none. */
function branchOf(flow: Flow, parallel: ParallelStep, step: Step): number {
  return flow.structure.placeOf.get(step)?.branches.find((place) => place.parallel === parallel)?.index ?? -1;
}

interface Followed {
  /** Whether the act is reached after something of undeclared length, with an approval that expires. */
  readonly late: boolean;
  readonly best:
    | { readonly length: number; readonly path: readonly PathStep[]; readonly lost: LostApproval }
    | undefined;
}

/** An approval that a gate gives for an act. */
interface Given {
  readonly flow: Flow;
  readonly act: Act;
  readonly gate: GateStep;
  /** All gates that grant the act. */
  readonly gates: readonly GateStep[];
  readonly terms: Terms;
}

/**
 * Follows an approval from where its gate gives it to where it is lost, and tells the shortest way on to the act, if one is
 * shorter than `atMost`.
 */
function follow(
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

/** What decides how long an approval of one gate for one act is valid. */
interface Terms {
  readonly uses: number;
  /** Milliseconds; `Infinity` when it does not expire before the run ends. */
  readonly expires: number;
  /** What the approved call was made of at the gate. */
  readonly reads: Reads;
  /** Loops around the act that the gate is not in: every call of them was shown and approved there. */
  readonly unrolled: readonly ForEachStep[];
  /** Why it is never valid. */
  readonly void: Omit<LostApproval, 'kind' | 'gate'> | undefined;
}

function termsOf(flow: Flow, act: Act, gate: GateStep): Terms {
  const { structure, reads, faults } = flow;
  const loopsAround = (step: Step): readonly ForEachStep[] => structure.placeOf.get(step)?.loops ?? [];
  const unrolled = loopsAround(act.step).filter((loop) => !loopsAround(gate).includes(loop));
  const lists = faults.has('loop-list-rebinding-ignored') ? [] : unrolled.map((loop) => readsIn(reads.listOf, loop));
  const read = lists.reduce(bothRead, readsIn(reads.argumentsOf, act.step));
  const declared = gate.approval.expires?.value ?? Infinity;
  const expires = faults.has('expiry-ignored') || declared >= flow.runTime ? Infinity : declared;
  const stated = gate.approval.uses?.value ?? 1;
  const uses = faults.has('uses-unlimited') && gate.approval.uses ? Infinity : stated;
  return { uses, expires, reads: read, unrolled, void: voidAtOnce(flow, act, gate, read) };
}

/** Why an approval is void as soon as it is given: what it was made of is bound to change before, or may at any time. */
function voidAtOnce(
  flow: Flow,
  act: Act,
  gate: GateStep,
  reads: Reads,
): Omit<LostApproval, 'kind' | 'gate'> | undefined {
  const { faults, structure } = flow;
  if (!faults.has('rebinding-ignored')) {
    if (changes(reads, gate)) return { at: gate, because: 'rebound' };
    for (const id of reads.steps) {
      // The result of a step around the gate comes to be when that step ends, after the approval.
      const around = flow.stepOf.get(id);
      if (around && contains(structure, around, gate) && !contains(structure, around, act.step))
        return { at: around, because: 'rebound' };
    }
  }
  for (const { parallel, index } of structure.placeOf.get(gate)?.branches ?? []) {
    const at = interferes(flow, reads, gate, parallel, index);
    if (at) return { at, because: 'interference' };
  }
  return undefined;
}

/** A step in another branch of `parallel` that changes what was approved, or asks the gate anew. */
function interferes(flow: Flow, reads: Reads, gate: GateStep, parallel: ParallelStep, own: number): Step | undefined {
  const { structure, faults } = flow;
  if (faults.has('parallel-interference-ignored') || faults.has('rebinding-ignored')) return undefined;
  const elsewhere = (step: Step): boolean => {
    const index = branchOf(flow, parallel, step);
    return index >= 0 && index !== own && isReached(flow, step);
  };
  if (reads.anyStep) {
    const place = structure.placeOf.get(parallel);
    return place && structure.steps.slice(place.position + 1, place.last + 1).find(elsewhere);
  }
  for (const id of reads.steps) {
    const step = flow.stepOf.get(id);
    if (step && elsewhere(step)) return step;
  }
  return elsewhere(gate) ? gate : undefined;
}

/** Whether a step is ended from outside with nothing to show for it: a person's task that is taken back has no result. */
function isDropped({ kind }: Step, edge: Edge): boolean {
  return (edge.kind === 'cut-off' || edge.kind === 'overrun') && (kind === 'manual' || kind === 'gate');
}

/** Whether running a step changes what was approved. */
function changes(reads: Reads, step: Step): boolean {
  return reads.anyStep || (reads.steps.size > 0 && reads.steps.has(step.id.value));
}

/** What an approval is like when the run goes on with it. */
type Carried = Pick<Held, 'kind' | 'uses' | 'elapsed' | 'late'>;

/** `taken-over`: another approval takes its place; that is followed from where it is given. */
type Next = Carried | LostApproval | 'taken-over';

function lostTo({ gate }: Given, because: LostApproval['because'], at: Step): LostApproval {
  return { kind: 'lost', gate, at, because };
}

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

/** For people, and to act it out: the step of another branch, where the path meets it. */
function detour(flow: Flow, { at, because }: Omit<LostApproval, 'kind' | 'gate'>): readonly PathStep[] {
  if (because !== 'interference') return [];
  const edges = flow.graph.nodes[flow.graph.nodeOf.get(at) ?? -1]?.edges ?? [];
  const edge = edges.find(({ kind }) => kind === 'ok') ?? edges.find(({ kind }) => kind !== 'skipped');
  return edge ? [{ step: at, edge }] : [];
}

/** The steps of a shortest path to where a step begins; none when there is none. */
export function shortestPath(flow: Flow, step: Step): readonly PathStep[] {
  const node = flow.graph.nodeOf.get(step);
  return node === undefined ? [] : wayTo(flow, node);
}

/** The steps of a shortest path from the start to a node. */
function wayTo(flow: Flow, node: number): readonly PathStep[] {
  const path: PathStep[] = [];
  const { by } = flow.reached;
  for (let edge = by[node]; edge; edge = by[edge.from]) {
    const step = flow.graph.nodes[edge.from]?.step;
    if (step) path.push({ step, edge });
  }
  return path.reverse();
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

/** The steps from a node to the act, without an approval. */
function bareWay(flow: Flow, bare: Marks<BareWay>, from: number): readonly PathStep[] {
  const path: PathStep[] = [];
  for (let at = from, way = bare.get(at); way?.edge; at = way.edge.to, way = bare.get(at)) {
    const step = flow.graph.nodes[at]?.step;
    if (step) path.push({ step, edge: way.edge });
  }
  return path;
}

/** A path in words, the act left out: `investigate → route (malicious) → ask (rejected)`; the middle of a long one, too. */
export function describePath(path: readonly PathStep[]): string {
  const word = ({ step, edge }: PathStep): string => {
    const way = edgeWord(edge);
    return way === '' ? step.id.value : `${step.id.value} (${way})`;
  };
  const words = path.length > 8 ? [...path.slice(0, 3).map(word), '…', ...path.slice(-4).map(word)] : path.map(word);
  return words.join(' → ');
}

/** How a step was left, in a word; empty where it simply went on. */
export function edgeWord({ kind, branch }: Pick<Edge, 'kind'> & { readonly branch?: string | undefined }): string {
  switch (kind) {
    case 'begin':
    case 'ok':
    case 'entered':
    case 'joined':
    case 'stopped':
      return '';
    case 'branch':
      return branch ?? '';
    case 'item':
      return 'next item';
    case 'done':
      return 'no more items';
    case 'retry':
      return 'tried again';
    case 'cut-off':
      return 'ended: another branch was first';
    case 'overrun':
      return 'ended: a step around it took too long';
    case 'skipped':
    case 'failed':
    case 'approved':
    case 'rejected':
    case 'timed-out':
      return kind;
  }
}
