import type { ForeignFinding } from '../finding.js';
import type { ForeignPlaybook, ForeignStep } from '../model.js';
import type { CalledPlaybooks } from './called.js';
import type { FlowGraph } from './graph.js';
import { allPlanned, type Plan, type Planned } from './planned.js';
import { planOf } from './structure.js';

/** By the question the acts that its yes is for. */
export type Grants = ReadonlyMap<ForeignStep, readonly ForeignStep[]>;

/** What a gate may grant: acts that the yes at a question of the same playbook is the weakest approval of. */
export function possibleGrants(
  called: CalledPlaybooks,
  findingIn: (playbook: ForeignPlaybook, step: ForeignStep) => ForeignFinding | undefined,
): Grants {
  const grants = new Map<ForeignStep, ForeignStep[]>();
  for (const playbook of called.playbooks) {
    const steps = called.graphOf(playbook).nodes.flatMap((node) => (node.kind === 'step' ? [node.step] : []));
    const asks = new Map(steps.flatMap((step) => (step.does.kind === 'ask' ? [[step.id, step] as const] : [])));
    for (const act of steps) {
      const found = act.does.kind === 'act' ? findingIn(playbook, act) : undefined;
      if (found?.level !== 2 || found.cell.verdict !== 'proven') continue;
      const prefix = found.cell.step.slice(0, found.cell.step.length - found.stepId.length);
      const gate = found.cell.approval?.gate ?? '';
      const asked = gate.startsWith(prefix) ? asks.get(gate.slice(prefix.length)) : undefined;
      if (asked) grants.set(asked, [...(grants.get(asked) ?? []), act]);
    }
  }
  return grants;
}

/** Without questions that cannot be gates where they stand, and acts that do not stand in the same file. */
export function settledGrants(grants: Grants, called: CalledPlaybooks): Grants {
  let now = grants;
  for (;;) {
    const next = new Map<ForeignStep, readonly ForeignStep[]>();
    for (const playbook of now.size > 0 ? called.playbooks : []) {
      const graph = called.graphOf(playbook);
      const plan = planWith(graph, now);
      for (const steps of [plan.steps, ...plan.parts.values()]) {
        const { gates, acts } = stepsIn(steps, graph);
        for (const [gate, granted] of now) {
          const here = granted.filter((act) => acts.has(act));
          if (gates.has(gate) && here.length > 0) next.set(gate, here);
        }
      }
    }
    if (countOf(next) === countOf(now)) return next;
    now = next;
  }
}

export function planWith(graph: FlowGraph, grants: Grants): Plan {
  return planOf(graph, (at) => {
    const node = graph.nodes[at];
    return node?.kind === 'step' && grants.has(node.step);
  });
}

export function grantsOnly(grants: Grants, isKept: (act: ForeignStep) => boolean): Grants {
  return new Map([...grants].map(([gate, acts]) => [gate, acts.filter(isKept)]));
}

export function countOf(grants: Grants): number {
  return [...grants.values()].reduce((sum, acts) => sum + 1 + acts.length, 0);
}

/** The gates and the steps in a list and the lists in it. */
function stepsIn(
  steps: readonly Planned[],
  graph: FlowGraph,
): { readonly gates: ReadonlySet<ForeignStep>; readonly acts: ReadonlySet<ForeignStep> } {
  const gates = new Set<ForeignStep>();
  const acts = new Set<ForeignStep>();
  for (const planned of allPlanned(steps)) {
    if (planned.kind !== 'do' && planned.kind !== 'gate') continue;
    const node = graph.nodes[planned.node];
    if (node?.kind === 'step') (planned.kind === 'gate' ? gates : acts).add(node.step);
  }
  return { gates, acts };
}
