import type { LoadedPlaybook } from '../../load.js';
import type { CallStep, Step } from '../../model/playbook.js';
import { type Frame, framesOf } from '../boundary.js';

/** A step where it runs: in the playbook itself, or in one that is called on the way. */
export interface PlacedStep {
  readonly frame: Frame;
  readonly step: Step;
  /** Its id after those of the calls that lead to it: `contain/isolate`. */
  readonly path: string;
}

/** One of the two playbooks that are compared, with everything it calls. */
export interface Side {
  readonly loaded: LoadedPlaybook;
  readonly frames: readonly Frame[];
  /** Every step in the order in which a reader meets them, those of a called playbook right behind the call. */
  readonly steps: readonly PlacedStep[];
  /** The first step of each path. */
  readonly stepAt: ReadonlyMap<string, PlacedStep>;
  /** The playbook of a frame, with its text and the values of its context. */
  readonly loadedOf: ReadonlyMap<Frame, LoadedPlaybook>;
  /** The called playbook as it runs at a call; `undefined` where it cannot be followed. */
  readonly calleeAt: (frame: Frame, step: CallStep) => Frame | undefined;
}

export function sideOf(loaded: LoadedPlaybook): Side {
  const frames = framesOf(loaded);
  const loadedOf = new Map<Frame, LoadedPlaybook>();
  const callees = new Map<Frame, Map<CallStep, Frame>>();
  for (const frame of frames) {
    if (!frame.calledAt) {
      loadedOf.set(frame, loaded);
      continue;
    }
    const { frame: caller, step } = frame.calledAt;
    const callee = loadedOf.get(caller)?.calls.get(step)?.loaded;
    if (callee) loadedOf.set(frame, callee);
    callees.set(caller, (callees.get(caller) ?? new Map<CallStep, Frame>()).set(step, frame));
  }
  const steps: PlacedStep[] = [];
  const visit = (frame: Frame): void => {
    for (const step of frame.loaded.steps) {
      steps.push({ frame, step, path: `${frame.prefix}${step.id.value}` });
      const called = step.kind === 'call' ? callees.get(frame)?.get(step) : undefined;
      if (called) visit(called);
    }
  };
  const [outermost] = frames;
  if (outermost) visit(outermost);
  const stepAt = new Map<string, PlacedStep>();
  for (const one of steps) if (!stepAt.has(one.path)) stepAt.set(one.path, one);
  return {
    loaded,
    frames,
    steps,
    stepAt,
    calleeAt: (frame, step) => callees.get(frame)?.get(step),
    loadedOf,
  };
}
