import type { ForEachStep, GateStep, ParallelStep, Step } from '../model/playbook.js';
import type { Act } from './acts.js';
import { branchOf } from './approving.js';
import { type Flow, isReached } from './flow.js';
import { bothRead, type Reads, readsIn } from './reads.js';
import { contains } from './structure.js';

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

/** What decides how long an approval of one gate for one act is valid. */
export interface Terms {
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

export function termsOf(flow: Flow, act: Act, gate: GateStep): Terms {
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
export function interferes(
  flow: Flow,
  reads: Reads,
  gate: GateStep,
  parallel: ParallelStep,
  own: number,
): Step | undefined {
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

/** Whether running a step changes what was approved. */
export function changes(reads: Reads, step: Step): boolean {
  return reads.anyStep || (reads.steps.size > 0 && reads.steps.has(step.id.value));
}
