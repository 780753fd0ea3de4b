import type { GateStep, ParallelStep, Step } from '../model/playbook.js';
import type { Flow } from './flow.js';
import type { Edge } from './graph.js';

/** Edges on which a gate's approval comes into being. */
export function approves(flow: Flow, gate: GateStep, edge: Edge): boolean {
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

/** Which branch of `parallel` a step is in; -1 when in none. */
export function branchOf(flow: Flow, parallel: ParallelStep, step: Step): number {
  return flow.structure.placeOf.get(step)?.branches.find((place) => place.parallel === parallel)?.index ?? -1;
}
