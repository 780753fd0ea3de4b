import type { Tool } from '../model/catalog.js';
import { AUTONOMY_LEVELS, type AutonomyLevel, isConsequential, lowest } from '../model/levels.js';
import type { ActionStep, AgentStep, Playbook } from '../model/playbook.js';
import type { Ceiling, Policy } from '../model/policy.js';
import type { Range } from '../syntax/tree.js';
import type { AnalysisFault } from './faults.js';

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
  /** The level of the original, where nobody has decided on one: it is shown, and never in force above `approve`. */
  readonly undecided: AutonomyLevel | undefined;
  /** Where the level in force is written; `undefined` where it follows from what is not there. */
  readonly decidedAt: { readonly uri: string; readonly range: Range } | undefined;
}

/** What the level depends on beside step and tool. */
export interface AuthoritySources {
  readonly uri: string;
  readonly playbook: Pick<Playbook, 'autonomy' | 'defaults'>;
  readonly policy: Policy | undefined;
  /** Planted by tests only. */
  readonly faults?: ReadonlySet<AnalysisFault>;
  /** Limits from around the playbook: of those that call it. */
  readonly limits?: readonly Limit[];
  /**
   * What the policy's breaker says of a tool, which rests on a measure: a run knows it, analysis does not. Absent, the breaker is
   * taken to be closed, and acts may run at the most they ever may.
   */
  readonly breaker?: ((tool: Tool) => BreakerVerdict) | undefined;
}

/** What a breaker says of a tool in a run. */
export interface BreakerVerdict {
  /** Where the measure does not show that acts of the tool are seldom wrong. */
  readonly limits: readonly Limit[];
  /** Where it does: what it shows, a clause each. */
  readonly shown: readonly string[];
}

/** What a step says of its level. */
export interface LevelledStep extends Pick<ActionStep | AgentStep, 'autonomy'> {
  readonly undecided?: ActionStep['undecided'];
}

/**
 * The level in force when `step` calls `tool`: the lowest of the policy's ceilings, the playbook's, the step's and the
 * tool's. A tool that no catalog describes, and one whose effect is unknown, never goes above `approve`; neither does a
 * tool the policy always gates, nor one whose level nobody has decided. Without a policy nothing consequential goes above `approve` (and nobody can approve).
 * Ceilings for a tag of targets count only where `target` is given: see `ceilingsOn`.
 */
export function effectiveAutonomy(
  step: LevelledStep,
  tool: Tool | undefined,
  sources: AuthoritySources,
  target?: string | null,
): EffectiveAutonomy {
  const { playbook, policy } = sources;
  const declared = step.autonomy?.value ?? playbook.defaults.autonomy?.value ?? 'approve';
  const declaredBy = step.autonomy
    ? 'the step says'
    : playbook.defaults.autonomy
      ? 'the playbook’s default is'
      : 'no level is given, so it is';
  const undecided = step.undecided ? declared : undefined;
  const ceiling = [...nobodyDecided(step, sources), ...limitsOn(tool, sources, target)].reduce<Limit | undefined>(
    (least, limit) => (least && lowest(least.level, limit.level) === least.level ? least : limit),
    undefined,
  );
  if (sources.faults?.has('absent-policy-allows') && policy === undefined && !ceiling)
    return { level: declared, because: 'nothing limits it', declared, undecided, ceiling, decidedAt: undefined };
  // A limit that permits more, such as the playbook's own, is no substitute for a policy.
  const unlimited = !ceiling || isAbove(ceiling.level, 'approve');
  if (policy === undefined && isConsequential(tool?.effect) && isAbove(declared, 'approve') && unlimited) {
    const because = 'there is no policy, and its absence permits nothing';
    return { level: 'approve', because, declared, undecided, ceiling, decidedAt: undefined };
  }
  if (ceiling && isAbove(declared, ceiling.level)) {
    const { level, by, uri, range } = ceiling;
    const decidedAt = uri !== undefined && range ? { uri, range } : undefined;
    return {
      level,
      because: `${by} is ${level}${measured(level, tool, sources)}`,
      declared,
      undecided,
      ceiling,
      decidedAt,
    };
  }
  const written = step.autonomy ?? playbook.defaults.autonomy;
  const decidedAt = written && { uri: sources.uri, range: written.range };
  const because = `${declaredBy} ${declared}${measured(declared, tool, sources)}`;
  return { level: declared, because, declared, undecided, ceiling, decidedAt };
}

/** What lets an act run without a person, where that rests on a measure. */
function measured(level: AutonomyLevel, tool: Tool | undefined, { breaker }: AuthoritySources): string {
  if (!breaker || !tool || !isAbove(level, 'approve')) return '';
  const { shown } = breaker(tool);
  return shown.length === 0 ? '' : `, which its measure lets it be (${shown.join('; ')})`;
}

/** Where nobody has decided on a level, a person is asked. */
function nobodyDecided({ undecided }: LevelledStep, { uri }: AuthoritySources): Limit[] {
  if (!undecided) return [];
  return [{ level: 'approve', by: 'the limit for a level that nobody has decided', uri, range: undecided.range }];
}

/** Whether `a` allows more than `b`. */
export function isAbove(a: AutonomyLevel, b: AutonomyLevel): boolean {
  return AUTONOMY_LEVELS.indexOf(a) > AUTONOMY_LEVELS.indexOf(b);
}

function limitsOn(
  tool: Tool | undefined,
  { uri, playbook, policy, limits: outer = [], breaker, faults }: AuthoritySources,
  target: string | null | undefined,
): Limit[] {
  if (faults?.has('ceiling-ignored')) return [];
  const limits: Limit[] = [...outer];
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
  for (const ceiling of ceilingsOn(tool, policy, target)) {
    limits.push({
      level: ceiling.autonomy.value,
      by: `the policy’s ceiling for ${ceilingMatter(ceiling)}`,
      uri: policy?.uri,
      range: ceiling.autonomy.range,
    });
  }
  limits.push(...(breaker?.(tool).limits ?? []));
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

/** What acts a ceiling is for, as a phrase: `edr.isolate on targets tagged "crown-jewel"`. */
export function ceilingMatter({ tool, effect, targetTag }: Ceiling): string {
  const act = tool?.value ?? effect?.value ?? 'everything';
  return targetTag ? `${act} on targets tagged "${targetTag.value}"` : act;
}

/** The policy's ceilings that hold for a tool on some target or other. */
export function ceilingsMatching(tool: Tool, policy: Policy | undefined): readonly Ceiling[] {
  return (policy?.ceilings ?? []).filter(
    ({ effect, tool: name, targetTag }) =>
      (effect === undefined || effect.value === tool.effect) &&
      (name === undefined || name.value === tool.name.value) &&
      (effect !== undefined || name !== undefined || targetTag !== undefined),
  );
}

/**
 * The policy's ceilings that match a tool: everything a ceiling names must match, by exact name. Which targets there will
 * be only a run knows, so ceilings for a tag match only where `target` says what the call acts on; `null` is a target that
 * is missing or no text, and counts as bearing every tag.
 */
export function ceilingsOn(tool: Tool, policy: Policy | undefined, target?: string | null): readonly Ceiling[] {
  return ceilingsMatching(tool, policy).filter(
    ({ targetTag }) =>
      targetTag === undefined ||
      (policy !== undefined && target !== undefined && bearsTag(target, targetTag.value, policy)),
  );
}

/** Whether a target counts as bearing a tag. A tag the policy does not explain is borne by everything. */
export function bearsTag(target: string | null, tag: string, policy: Policy): boolean {
  const bearers = policy.tags.get(tag);
  if (target === null || bearers === undefined) return true;
  const name = folded(target);
  return bearers.some((bearer) => folded(bearer.value) === name);
}

/** Names that differ only in case or in how Unicode composes them are one: an alias must not escape a ceiling. */
function folded(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}
