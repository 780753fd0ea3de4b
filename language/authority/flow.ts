import type { GateStep, Playbook, Step } from '../model/playbook.js';
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
  /** Of every node that can be reached: the edge that a shortest path takes to it. */
  readonly reached: ReadonlyMap<number, Arrival>;
  readonly waits: WaitFacts;
  /** Milliseconds after which the run ends; `Infinity` when nothing says so. */
  readonly runTime: number;
  readonly faults: ReadonlySet<AnalysisFault>;
}

/** How a shortest path gets to a node. */
export interface Arrival {
  readonly from: number;
  /** `undefined` at the start. */
  readonly edge: Edge | undefined;
  /** Edges from the start. */
  readonly distance: number;
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
  const stepOf = new Map<string, Step>();
  for (const step of structure.steps) {
    if (!stepOf.has(step.id.value)) stepOf.set(step.id.value, step);
    if (step.kind !== 'gate') continue;
    for (const id of new Set(step.grants.map((grant) => grant.value)))
      gatesOf.set(id, [...(gatesOf.get(id) ?? []), step]);
  }
  const people = new Set<Step>();
  for (const { step, autonomy } of acts) {
    if (autonomy.level === 'manual' || autonomy.level === 'assist') people.add(step);
    // Above "approve", too: what lacks the conditions of its level is asked about all the same.
    if (step.approval) people.add(step);
  }
  const isByPerson: WaitFacts['isByPerson'] = (step) => {
    if (people.has(step)) return true;
    const levels = [playbook.autonomy?.value, step.autonomy?.value ?? playbook.defaults.autonomy?.value];
    return levels.includes('manual') || levels.includes('assist');
  };
  return {
    graph,
    structure,
    reads: readsOfSteps(sites, structure),
    gatesOf,
    stepOf,
    reached: shortestArrivals(graph),
    waits: { isByPerson, callsPeople },
    runTime: playbook.budget?.time ?? Infinity,
    faults,
  };
}

function shortestArrivals(graph: Graph): ReadonlyMap<number, Arrival> {
  const reached = new Map<number, Arrival>([[START, { from: START, edge: undefined, distance: 0 }]]);
  const queue = [START];
  for (let next = 0; next < queue.length; next++) {
    const from = queue[next] ?? START;
    const distance = (reached.get(from)?.distance ?? 0) + 1;
    for (const edge of graph.nodes[from]?.edges ?? []) {
      if (reached.has(edge.to)) continue;
      reached.set(edge.to, { from, edge, distance });
      queue.push(edge.to);
    }
  }
  return reached;
}
