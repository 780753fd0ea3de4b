import { type AutonomyLevel, lowest } from '../model/levels.js';
import type { CallStep, Playbook, Step } from '../model/playbook.js';
import type { PlaybookContext } from '../rules/context.js';
import { type Act, actsOf } from './acts.js';
import { isReached } from './flow.js';
import { type ComputedModel, computeOperatingModel } from './operating-model.js';

/** The lowest of what is set; `undefined` when nothing is. */
export function lowestOf(levels: readonly (AutonomyLevel | undefined)[]): AutonomyLevel | undefined {
  return levels.reduce(
    (least, level) => (least === undefined ? level : level === undefined ? least : lowest(least, level)),
    undefined,
  );
}

/** The highest level at which a called playbook may act: what its callers, the calling playbook and the call allow. */
export function limitAtCall(
  outer: AutonomyLevel | undefined,
  playbook: Pick<Playbook, 'autonomy'>,
  call: CallStep,
): AutonomyLevel | undefined {
  return lowestOf([outer, playbook.autonomy?.value, call.autonomy?.value]);
}

/** An act as a caller lets it be. */
export function limitedAct(act: Act, limit: AutonomyLevel | undefined): Act {
  if (limit === undefined) return act;
  const undecided = act.autonomy.undecided && lowest(act.autonomy.undecided, limit);
  const level = lowest(act.autonomy.level, limit);
  if (level === act.autonomy.level)
    return undecided === act.autonomy.undecided ? act : { ...act, autonomy: { ...act.autonomy, undecided } };
  const because = `the playbook that calls this one allows ${level}`;
  return { ...act, autonomy: { ...act.autonomy, level, undecided, because, decidedAt: undefined } };
}

/** An act at the level that a reader of the playbook has to take it to be at, whether or not somebody has decided on it. */
function asWritten(act: Act): Act {
  const { undecided } = act.autonomy;
  return undecided === undefined ? act : { ...act, autonomy: { ...act.autonomy, level: undecided } };
}

/** An operating model, with the files of the steps that decide it. */
export interface WholeModel extends ComputedModel {
  readonly uriOf: ReadonlyMap<Step, string>;
}

/**
 * The operating model of a playbook with those it calls: of acts nobody has decided on, what they were in the original. Only steps that a path leads to count: a manual step that nothing
 * reaches puts no person anywhere.
 */
export function operatingModelOf(loaded: Omit<PlaybookContext, 'text'>): WholeModel {
  const steps: Step[] = [];
  const acts: Act[] = [];
  const uriOf = new Map<Step, string>();
  const added = new Set<string>();
  const add = (one: Omit<PlaybookContext, 'text'>, limit: AutonomyLevel | undefined): void => {
    // A playbook called again under the same limit adds nothing.
    const key = `${limit} ${one.uri}`;
    if (added.has(key)) return;
    added.add(key);
    const own = one.policy === loaded.policy;
    const sources = { uri: one.uri, playbook: one.playbook, policy: loaded.policy };
    const reached = (step: Step): boolean => isReached(one.flow, step);
    for (const act of own ? one.acts : actsOf(one, one.tools, sources)) {
      if (reached(act.step)) acts.push(asWritten(limitedAct(act, limit)));
    }
    for (const step of one.steps) {
      if (!reached(step)) continue;
      steps.push(step);
      uriOf.set(step, one.uri);
      const callee = step.kind === 'call' ? one.calls.get(step)?.loaded : undefined;
      if (callee && step.kind === 'call') add(callee, limitAtCall(limit, one.playbook, step));
    }
  };
  add(loaded, undefined);
  return { ...computeOperatingModel(steps, acts), uriOf };
}
