import type { AutonomyLevel } from '../model/levels.js';
import { firstOfIds, type GateStep, type Playbook, type Step } from '../model/playbook.js';
import type { Act } from './acts.js';
import type { AnalysisFault } from './faults.js';
import { buildGraph, type Edge, type Graph, START } from './graph.js';
import { type ReadsOfSteps, readsOfSteps } from './reads.js';
import type { ExpressionSite } from './sites.js';
import { type Structure, structureOf } from './structure.js';
import type { WaitFacts } from './waiting.js';

/** Everything about the control flow of one playbook that proofs about its acts share. */
export interface Flow {
  readonly graph: Graph;
  readonly structure: Structure;
  readonly reads: ReadsOfSteps;
  /** Gates by the id of a step they grant. */
  readonly gatesOf: ReadonlyMap<string, readonly GateStep[]>;
  /** First steps of their ids. */
  readonly stepOf: ReadonlyMap<string, Step>;
  readonly reached: Reached;
  /** Of every node, the position of its step in the text; -1 for start and end. */
  readonly positionOf: readonly number[];
  readonly waits: WaitFacts;
  /** Milliseconds after which the run ends; `Infinity` when nothing says so. */
  readonly runTime: number;
  readonly faults: ReadonlySet<AnalysisFault>;
}

/** How shortest paths get to each node. */
export interface Reached {
  /** The edge that a shortest path takes to a node; `undefined` at the start, and where no path leads. */
  readonly by: readonly (Edge | undefined)[];
  /** Edges from the start; -1 where no path leads. */
  readonly distance: Int32Array;
}

const NO_FAULTS: ReadonlySet<AnalysisFault> = new Set();

/**
 * The flow of a playbook.
 * @param acts what it may do: says at which steps people act
 * @param callsPeople whether the playbook a `call` names has people in it
 */
export function flowOf(
  playbook: Pick<Playbook, 'steps' | 'budget' | 'autonomy' | 'defaults'>,
  sites: readonly ExpressionSite[],
  acts: readonly Act[],
  callsPeople: WaitFacts['callsPeople'],
  faults: ReadonlySet<AnalysisFault> = NO_FAULTS,
): Flow {
  const graph = buildGraph(playbook, faults);
  const structure = structureOf(playbook.steps);
  const gatesOf = new Map<string, GateStep[]>();
  const stepOf = firstOfIds(structure.steps);
  for (const step of structure.steps) {
    if (step.kind !== 'gate') continue;
    for (const id of new Set(step.grants.map((grant) => grant.value))) {
      const gates = gatesOf.get(id);
      if (gates) gates.push(step);
      else gatesOf.set(id, [step]);
    }
  }
  if (faults.has('shared-approval-of-targets')) shareByTool(structure, gatesOf);
  const people = new Set<Step>();
  for (const { step, autonomy } of acts) {
    if (autonomy.level === 'manual' || autonomy.level === 'assist') people.add(step);
    // Above "approve", too: what lacks the conditions of its level is asked about all the same.
    if (step.approval) people.add(step);
  }
  const isByPerson: WaitFacts['isByPerson'] = (step) => {
    if (people.has(step)) return true;
    const own = step.autonomy?.value ?? playbook.defaults.autonomy?.value;
    return isDoneByPeople(own) || isDoneByPeople(playbook.autonomy?.value);
  };
  return {
    graph,
    structure,
    reads: readsOfSteps(sites, structure),
    gatesOf,
    stepOf,
    reached: reachedFrom(graph, START),
    positionOf: graph.nodes.map(({ step }) => (step && structure.placeOf.get(step)?.position) ?? -1),
    waits: { isByPerson, callsPeople },
    runTime: playbook.budget?.time ?? Infinity,
    faults,
  };
}

/** The planted fault: a gate of one call is taken for a gate of all calls of its tool. */
function shareByTool({ steps }: Structure, gatesOf: Map<string, GateStep[]>): void {
  const actions = steps.filter((step) => step.kind === 'action');
  const granted = actions.map((step) => [step, gatesOf.get(step.id.value) ?? []] as const);
  for (const { id, tool } of actions) {
    const gates = granted.flatMap(([other, gates]) => (other.tool.value === tool.value ? gates : []));
    gatesOf.set(id.value, [...new Set(gates)]);
  }
}

function isDoneByPeople(level: AutonomyLevel | undefined): boolean {
  return level === 'manual' || level === 'assist';
}

/** Whether a path leads to where a step begins. */
export function isReached({ graph, reached }: Flow, step: Step): boolean {
  return (reached.distance[graph.nodeOf.get(step) ?? -1] ?? -1) >= 0;
}

function reachedFrom({ nodes }: Graph, start: number): Reached {
  const by: (Edge | undefined)[] = nodes.map(() => undefined);
  const distance = new Int32Array(nodes.length).fill(-1);
  distance[start] = 0;
  const queue = [start];
  for (const from of queue) {
    const next = (distance[from] ?? 0) + 1;
    for (const edge of nodes[from]?.edges ?? []) {
      if (distance[edge.to] !== -1) continue;
      distance[edge.to] = next;
      by[edge.to] = edge;
      queue.push(edge.to);
    }
  }
  return { by, distance };
}
