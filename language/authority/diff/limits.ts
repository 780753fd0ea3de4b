import type { Tool } from '../../model/catalog.js';
import type { AutonomyLevel } from '../../model/levels.js';
import type { ActionStep, AgentStep, Budget, ForEachStep, Step, ToolGrant } from '../../model/playbook.js';
import type { Policy } from '../../model/policy.js';
import type { Frame } from '../boundary.js';
import { breakerRulesOn } from '../breaker.js';
import { ceilingsMatching } from '../effective-autonomy.js';

/** What a policy adds for targets that bear a tag. */
export interface TaggedLimit {
  readonly tag: string;
  /** `undefined`: the policy does not say who bears it, so everything counts. */
  readonly bearers: readonly string[] | undefined;
  readonly level: AutonomyLevel;
  readonly quorum: number;
  /** `undefined`: whoever may approve anyway. */
  readonly people: readonly string[] | undefined;
}

/** The people who hold one of the roles, each once. */
export function holdersOf(policy: Policy | undefined, roles: readonly string[]): readonly string[] {
  const people = roles.flatMap((role) => (policy?.roles.get(role) ?? []).map((person) => person.value));
  return [...new Set(people)].sort();
}

/**
 * The limits of a step, and of the runs and loops it is in; of several alike the tightest.
 *
 * @param alone the tool, where it runs without a person
 */
export function limitsOf(
  frame: Frame,
  step: ActionStep | AgentStep,
  grant: ToolGrant | undefined,
  alone: Tool | undefined,
): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  const add = (what: string, number: number | undefined): void => {
    if (number !== undefined) limits.set(what, Math.min(number, limits.get(what) ?? Infinity));
  };
  const budget = (of: string, given: Budget | undefined): void => {
    add(`turns a ${of}`, given?.turns);
    add(`tool calls a ${of}`, given?.toolCalls);
    add(`tokens a ${of}`, given?.tokens);
    add(`dollars a ${of}`, given?.usd);
    add(`milliseconds a ${of}`, given?.time);
  };
  let times = step.retry?.attempts ?? 1;
  for (let inner: { readonly frame: Frame; readonly step: Step } | undefined = { frame, step }; inner; ) {
    for (const loop of loopsAround(inner.frame, inner.step)) times *= loop.max;
    budget('run', inner.frame.loaded.playbook.budget);
    inner = inner.frame.calledAt;
  }
  add('runs of the step', times);
  if (step.kind === 'agent') budget('step', step.budget);
  add('calls', grant?.maxCalls?.value);
  for (const { maxError, maxAge } of alone ? breakerRulesOn(alone, frame.policy) : []) {
    add('percent measured wrong', Number((maxError * 100).toFixed(4)));
    add('milliseconds since that was measured', maxAge);
  }
  return limits;
}

export function loopsAround(frame: Frame, step: Step): readonly ForEachStep[] {
  return frame.flow.structure.placeOf.get(step)?.loops ?? [];
}

export function taggedLimits(tool: Tool, policy: Policy | undefined): readonly TaggedLimit[] {
  return ceilingsMatching(tool, policy).flatMap(({ targetTag, autonomy, quorum, roles }) =>
    targetTag === undefined
      ? []
      : [
          {
            tag: targetTag.value,
            bearers: policy?.tags.get(targetTag.value)?.map((one) => one.value),
            level: autonomy.value,
            quorum: quorum ?? 0,
            people:
              roles.length === 0
                ? undefined
                : holdersOf(
                    policy,
                    roles.map((role) => role.value),
                  ),
          },
        ],
  );
}
