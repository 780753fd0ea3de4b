import type { Tool } from '../model/catalog.js';
import { AUTONOMY_LEVELS, type AutonomyLevel, isConsequential, lowest } from '../model/levels.js';
import type { ActionStep, AgentStep, Playbook } from '../model/playbook.js';
import type { Ceiling, Policy } from '../model/policy.js';
import type { Range } from '../syntax/tree.js';

/** Where a limit is written. */
export interface Limit {
  readonly level: AutonomyLevel;
  /** Who sets it, as a phrase: `the policy's ceiling for contain`. */
  readonly by: string;
  readonly uri: string | undefined;
  readonly range: Range | undefined;
}

/** The level in force at a call, and why. */
export interface EffectiveAutonomy {
  readonly level: AutonomyLevel;
  /** A clause for people: `the step says approve`, `the policy's ceiling for contain is approve`. */
  readonly because: string;
  /** What the step, or failing that the playbook's default, asks for. */
  readonly declared: AutonomyLevel;
  /** The lowest limit from outside the step, if any applies. */
  readonly ceiling: Limit | undefined;
}

/** What the level depends on beside step and tool. */
export interface AuthoritySources {
  readonly uri: string;
  readonly playbook: Pick<Playbook, 'autonomy' | 'defaults'>;
  readonly policy: Policy | undefined;
}

/**
 * The level in force when `step` calls `tool`: the lowest of the policy's ceilings, the playbook's, the step's and the
 * tool's. A tool that no catalog describes, and one whose effect is unknown, never goes above `approve`; neither does a
 * tool the policy always gates. Without a policy nothing consequential goes above `approve` (and nobody can approve).
 */
export function effectiveAutonomy(
  step: Pick<ActionStep | AgentStep, 'autonomy'>,
  tool: Tool | undefined,
  sources: AuthoritySources,
): EffectiveAutonomy {
  const { playbook, policy } = sources;
  const declared = step.autonomy?.value ?? playbook.defaults.autonomy?.value ?? 'approve';
  const declaredBy = step.autonomy
    ? 'the step says'
    : playbook.defaults.autonomy
      ? 'the playbook’s default is'
      : 'no level is given, so it is';
  const ceiling = limitsOn(tool, sources).reduce<Limit | undefined>(
    (least, limit) => (least && lowest(least.level, limit.level) === least.level ? least : limit),
    undefined,
  );
  // A limit that permits more, such as the playbook's own, is no substitute for a policy.
  const unlimited = !ceiling || isAbove(ceiling.level, 'approve');
  if (policy === undefined && isConsequential(tool?.effect) && isAbove(declared, 'approve') && unlimited) {
    return { level: 'approve', because: 'there is no policy, and its absence permits nothing', declared, ceiling };
  }
  if (ceiling && isAbove(declared, ceiling.level)) {
    return { level: ceiling.level, because: `${ceiling.by} is ${ceiling.level}`, declared, ceiling };
  }
  return { level: declared, because: `${declaredBy} ${declared}`, declared, ceiling };
}

/** Whether `a` allows more than `b`. */
export function isAbove(a: AutonomyLevel, b: AutonomyLevel): boolean {
  return AUTONOMY_LEVELS.indexOf(a) > AUTONOMY_LEVELS.indexOf(b);
}

function limitsOn(tool: Tool | undefined, { uri, playbook, policy }: AuthoritySources): Limit[] {
  const limits: Limit[] = [];
  if (playbook.autonomy) {
    limits.push({
      level: playbook.autonomy.value,
      by: 'the playbook’s own limit',
      uri,
      range: playbook.autonomy.range,
    });
  }
  if (tool?.effect === undefined) {
    limits.push({
      level: 'approve',
      by: 'the limit for a tool whose effect is unknown',
      uri: undefined,
      range: undefined,
    });
  }
  if (!tool) return limits;
  if (tool.autonomy) {
    limits.push({
      level: tool.autonomy.value,
      by: `the catalog’s limit for ${tool.name.value}`,
      uri: tool.uri,
      range: tool.autonomy.range,
    });
  }
  for (const ceiling of ceilingsOn(tool, policy)) {
    const what = ceiling.tool?.value ?? ceiling.effect?.value ?? 'everything';
    limits.push({
      level: ceiling.autonomy.value,
      by: `the policy’s ceiling for ${what}`,
      uri: policy?.uri,
      range: ceiling.autonomy.range,
    });
  }
  const gated = policy?.alwaysGate.find((name) => name.value === tool.name.value);
  if (gated)
    limits.push({
      level: 'approve',
      by: 'the policy’s limit for tools it always gates',
      uri: policy?.uri,
      range: gated.range,
    });
  return limits;
}

/** The policy's ceilings that match a tool: everything a ceiling names must match, by exact name. */
export function ceilingsOn(tool: Tool, policy: Policy | undefined): readonly Ceiling[] {
  return (policy?.ceilings ?? []).filter(
    (ceiling) =>
      (ceiling.effect === undefined || ceiling.effect.value === tool.effect) &&
      (ceiling.tool === undefined || ceiling.tool.value === tool.name.value) &&
      (ceiling.effect !== undefined || ceiling.tool !== undefined),
  );
}
