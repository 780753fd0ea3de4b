import type { Tool } from '../model/catalog.js';
import { isConsequential } from '../model/levels.js';
import type { BreakerRule, Policy } from '../model/policy.js';

/**
 * The rules of the policy's breaker that hold for a tool: everything a rule names must match, by exact name. What only reads
 * or records needs no approval, so nothing can fall.
 */
export function breakerRulesOn(tool: Tool, policy: Policy | undefined): readonly BreakerRule[] {
  if (!isConsequential(tool.effect)) return [];
  return (policy?.breaker?.acts ?? []).filter(
    ({ effect, tool: name }) =>
      (effect === undefined || effect.value === tool.effect) &&
      (name === undefined || name.value === tool.name.value) &&
      (effect !== undefined || name !== undefined),
  );
}

/** What acts a rule is for, as a phrase. */
export function breakerMatter({ tool, effect }: BreakerRule): string {
  return tool?.value ?? effect?.value ?? 'everything';
}
