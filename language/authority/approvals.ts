import type { ForEachStep, GateStep, ParallelStep, Step } from '../model/playbook.js';
import type { Act } from './acts.js';
import type { Flow } from './flow.js';
import { type Edge, START } from './graph.js';
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
  readonly node: number;
  /** Executions it still covers: of the item at hand, where a loop around the act was unrolled at the gate. */
  readonly uses: number;
  /** Milliseconds since it was given, as far as anything is declared; 0 when it does not expire. */
  readonly elapsed: number;
  /** Something of undeclared length came in between, and it expires. */
  readonly late: boolean;
  readonly depth: number;
  readonly from: { readonly held: Held; readonly edge: Edge } | undefined;
}

/** States looked at for one act; a playbook that needs more is told that nothing is proven. */
const MAX_STATES = 20_000;

/**
 * Whether every path to an act passes a gate that approved it, with the approval still valid there.
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
export function proveApproval(flow: Flow, act: Act): ApprovalVerdict {
  const gates = act.step.kind === 'action' ? (flow.gatesOf.get(act.step.id.value) ?? []) : [];
  const targets = flow.graph.nodesOf.get(act.step) ?? [];
  const [first] = targets;
  if (first === undefined || !flow.reached.has(first)) return { kind: 'unreachable', gates };
  const bare = bareWays(flow, targets, gates);
  const open = bare.get(START);
  if (open && !(flow.faults.has('any-path-merge') && gates.length > 0)) {
    return { kind: 'violated', gates, path: bareWay(flow, bare, START), lost: undefined };
  }
  let best: { readonly length: number; readonly path: readonly PathStep[]; readonly lost: LostApproval } | undefined;
  let late = false;
  for (const gate of gates) {
    const found = follow(flow, act, gate, bare, best?.length ?? Infinity);
    if (found === 'too-much') return { kind: 'unknown', gates };
    if (found.late) late = true;
    if (found.best) best = found.best;
  }
  if (best && !flow.faults.has('any-path-merge')) return { kind: 'violated', gates, path: best.path, lost: best.lost };
  return { kind: late ? 'runtime' : 'proven', gates };
}

/** Edges on which a gate's approval comes into being. */
function approves(flow: Flow, gate: GateStep, edge: Edge): boolean {
  const { faults } = flow;
  switch (edge.kind) {
    case 'approved':
      return true;
    case 'rejected':
      return faults.has('reject-continues-approves') && gate.onReject.then === 'continue';
    case 'timed-out':
      return faults.has('timeout-approves');
    case 'failed':
      return faults.has('gate-exception-approves');
    default:
      return false;
  }
}

/** Every node from which a way leads to `targets` without an approval of `gates`; from the start, and no further. */
function bareWays(flow: Flow, targets: readonly number[], gates: readonly GateStep[]): ReadonlyMap<number, BareWay> {
  const { graph } = flow;
  const ways = new Map<number, BareWay>(targets.map((node) => [node, { edge: undefined, length: 0 }]));
  const queue = [...targets];
  for (let next = 0; next < queue.length; next++) {
    const at = queue[next] ?? START;
    const node = graph.nodes[at];
    const length = (ways.get(at)?.length ?? 0) + 1;
    for (const { node: from, edge } of node?.from ?? []) {
      if (ways.has(from)) continue;
      const step = graph.nodes[from]?.step;
      if (step?.kind === 'gate' && gates.includes(step) && approves(flow, step, edge)) continue;
      if (node?.role === 'joined' && node.step?.kind === 'parallel' && !decides(flow, node.step, step, gates)) continue;
      ways.set(from, { edge, length });
      if (from === START) return ways;
      queue.push(from);
    }
  }
  return ways;
}

/**
 * Whether the branch that `step` ends decides what holds after a parallel step. Where all branches end, those with a gate of
 * the act do: without an approval afterwards they themselves gave none. Where one suffices, each may be the one.
 */
function decides(flow: Flow, parallel: ParallelStep, step: Step | undefined, gates: readonly GateStep[]): boolean {
  if (parallel.join.value === 'any' && !flow.faults.has('join-any-as-all')) return true;
  const branches = new Set(gates.map((gate) => branchOf(flow, parallel, gate)).filter((index) => index >= 0));
  // An empty branch leads from the parallel step itself.
  if (branches.size === 0) return true;
  return step !== undefined && step !== parallel && branches.has(branchOf(flow, parallel, step));
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

/** Follows an approval from where `gate` gives it to where it is lost, and tells the shortest way on to the act. */
function follow(
  flow: Flow,
  act: Act,
  gate: GateStep,
  bare: ReadonlyMap<number, BareWay>,
  atMost: number,
): Followed | 'too-much' {
  const { graph, structure, reached } = flow;
  const at = graph.nodeOf.get(gate);
  const arrival = at === undefined ? undefined : reached.get(at);
  const place = structure.placeOf.get(act.step);
  if (at === undefined || !arrival || !place) return { late: false, best: undefined };
  const terms = termsOf(flow, act, gate);
  // Past this position no way leads back to the act.
  const limit = place.loops[0] ? (structure.placeOf.get(place.loops[0])?.last ?? place.position) : place.position;
  let best: Followed['best'];
  let late = false;
  const seen = new Set<string>();
  let layer: Held[] = [];

  const lose = (held: Held, edge: Edge | undefined, lost: LostApproval, between: readonly PathStep[] = []): void => {
    const node = edge?.to ?? held.node;
    const rest = bare.get(node);
    if (!rest) return;
    const length = arrival.distance + held.depth + (edge ? 1 : 0) + between.length + rest.length;
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
  const enter = (held: Held): void => {
    const step = graph.nodes[held.node]?.step;
    const position = step && structure.placeOf.get(step)?.position;
    if (position === undefined || position > limit) return;
    const key = `${held.node}:${held.uses}:${held.elapsed}:${held.late}`;
    if (seen.has(key)) return;
    seen.add(key);
    layer.push(held);
  };

  const origin: Held = { node: at, uses: terms.uses, elapsed: 0, late: false, depth: 0, from: undefined };
  for (const edge of graph.nodes[at]?.edges ?? []) {
    if (!approves(flow, gate, edge)) continue;
    if (terms.void) lose(origin, edge, { gate, ...terms.void }, detour(flow, terms.void));
    else enter({ ...origin, node: edge.to, depth: 1, from: { held: origin, edge } });
  }
  while (layer.length > 0) {
    if (seen.size > MAX_STATES) return 'too-much';
    const current = layer;
    layer = [];
    for (const held of current) {
      const node = graph.nodes[held.node];
      const step = node?.step;
      if (!node || !step) continue;
      if (step === act.step) {
        if (held.late) late = true;
        if (held.uses === 0) lose(held, undefined, { gate, at: step, because: 'used' });
      }
      for (const edge of node.edges) {
        const next = leave(flow, act, gate, terms, held, node.role, step, edge);
        if (next.kind === 'held') enter({ ...next.held, node: edge.to, depth: held.depth + 1, from: { held, edge } });
        else if (next.kind === 'lost') lose(held, edge, next.lost, detour(flow, next.lost));
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
  readonly void: Omit<LostApproval, 'gate'> | undefined;
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
function voidAtOnce(flow: Flow, act: Act, gate: GateStep, reads: Reads): Omit<LostApproval, 'gate'> | undefined {
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
  const { structure, graph, reached, faults } = flow;
  if (faults.has('parallel-interference-ignored') || faults.has('rebinding-ignored')) return undefined;
  const elsewhere = (step: Step): boolean => {
    const index = branchOf(flow, parallel, step);
    return index >= 0 && index !== own && reached.has(graph.nodeOf.get(step) ?? -1);
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

/** Whether running a step changes what was approved. */
function changes(reads: Reads, step: Step): boolean {
  return reads.anyStep || reads.steps.has(step.id.value);
}

type Next =
  | { readonly kind: 'held'; readonly held: Pick<Held, 'uses' | 'elapsed' | 'late'> }
  | { readonly kind: 'lost'; readonly lost: LostApproval }
  /** Another approval takes over; it is followed from there. */
  | { readonly kind: 'taken-over' };

/** What becomes of an approval when a step is left by an edge. */
function leave(
  flow: Flow,
  act: Act,
  gate: GateStep,
  terms: Terms,
  held: Held,
  role: 'run' | 'each' | 'joined',
  step: Step,
  edge: Edge,
): Next {
  const { faults } = flow;
  const lost = (because: LostApproval['because'], at: Step = step): Next => ({
    kind: 'lost',
    lost: { gate, at, because },
  });
  if (edge.kind === 'skipped') return { kind: 'held', held };
  if (step.kind === 'gate') {
    const grants = step.grants.some((grant) => grant.value === act.step.id.value);
    if (grants && approves(flow, step, edge)) return { kind: 'taken-over' };
    // A gate that fails does so before anybody is asked.
    if (step === gate && edge.kind !== 'failed' && !faults.has('asked-again-keeps-approval'))
      return lost('asked-again');
  }
  let { uses } = held;
  if (step === act.step && role === 'run') {
    const isFailure = edge.kind === 'failed' || edge.kind === 'retry';
    const isFree = faults.has('single-use-not-consumed') || (isFailure && faults.has('failed-act-keeps-approval'));
    if (!isFree) uses = Math.max(0, uses - 1);
    // Within an unrolled loop the next item has a call, and uses, of its own.
    if (uses === 0 && terms.unrolled.length === 0) return lost('used');
  }
  if (!faults.has('rebinding-ignored') && changes(terms.reads, step)) return lost('rebound');
  if (step.kind === 'for-each' && role === 'each') {
    if (terms.unrolled.includes(step)) {
      if (edge.kind === 'item') uses = terms.uses;
      if (edge.kind === 'done' && step === terms.unrolled[0]) return lost('used');
    } else if (edge.kind === 'item' && terms.reads.items.has(step) && !faults.has('shared-approval-of-targets')) {
      return lost('rebound');
    }
  }
  if (step.kind === 'parallel' && edge.kind === 'branch') {
    const own = step.branches.findIndex((branch) => branch.name.value === edge.branch);
    // After the step has ended every branch has been followed; inside one, the others may run at any time.
    const inside = branchOf(flow, step, act.step) === own && own >= 0;
    const at = inside ? interferes(flow, terms.reads, gate, step, own) : undefined;
    if (at) return lost('interference', at);
  }
  return pass(flow, gate, terms, held, uses, role, step, edge, lost);
}

/** Lets the time pass that leaving the step takes. */
function pass(
  flow: Flow,
  gate: GateStep,
  terms: Terms,
  held: Held,
  uses: number,
  role: 'run' | 'each' | 'joined',
  step: Step,
  edge: Edge,
  lost: (because: 'expired') => Next,
): Next {
  if (terms.expires === Infinity) return { kind: 'held', held: { uses, elapsed: 0, late: false } };
  const wait = role === 'run' ? waitAt(step, edge.kind, flow.waits) : { known: 0, undeclared: false };
  let known = flow.faults.has('waiting-takes-no-time') ? 0 : wait.known;
  let late = held.late || wait.undeclared;
  let { elapsed } = held;
  if (role === 'joined' && step.kind === 'parallel') {
    // The gate's branch may have ended long before the others did.
    const own = branchOf(flow, step, gate);
    if (own >= 0 && !flow.faults.has('waiting-takes-no-time')) {
      for (const [index, branch] of step.branches.entries()) {
        if (index === own) continue;
        const other = longestWait(branch.steps, flow.waits);
        elapsed = Math.max(elapsed, other.known);
        late ||= other.undeclared;
      }
    }
    known = 0;
  }
  elapsed += known;
  return elapsed >= terms.expires ? lost('expired') : { kind: 'held', held: { uses, elapsed, late } };
}

/** For people, and to act it out: the step of another branch, where the path meets it. */
function detour(flow: Flow, { at, because }: Omit<LostApproval, 'gate'>): readonly PathStep[] {
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
  for (let at = flow.reached.get(node); at?.edge; at = flow.reached.get(at.from)) {
    const step = flow.graph.nodes[at.from]?.step;
    if (step) path.push({ step, edge: at.edge });
  }
  return path.reverse();
}

/** The steps an approval was held at. */
function wayOf(flow: Flow, held: Held): readonly PathStep[] {
  const path: PathStep[] = [];
  for (let at = held.from; at; at = at.held.from) {
    const step = flow.graph.nodes[at.held.node]?.step;
    if (step) path.push({ step, edge: at.edge });
  }
  return path.reverse();
}

function last(flow: Flow, held: Held, edge: Edge | undefined): readonly PathStep[] {
  const step = flow.graph.nodes[held.node]?.step;
  return step && edge ? [{ step, edge }] : [];
}

/** The steps from a node to the act, without an approval. */
function bareWay(flow: Flow, bare: ReadonlyMap<number, BareWay>, from: number): readonly PathStep[] {
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
export function edgeWord({ kind, branch }: Omit<Edge, 'to'>): string {
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
    case 'skipped':
    case 'failed':
    case 'approved':
    case 'rejected':
    case 'timed-out':
      return kind;
  }
}
