import { bearsTag, ceilingMatter, ceilingsOn } from '../../language/authority/effective-autonomy.js';
import type { Ceiling, Policy } from '../../language/model/policy.js';
import type { Range } from '../../language/syntax/tree.js';
import type { TestResult } from './compare.js';
import type { JudgedAct } from './judge.js';

/** Something a policy says, which tests should show to hold. */
export interface PolicyPart {
  readonly kind: 'ceiling' | 'role' | 'always-gate' | 'forbid' | 'tag';
  /** `evict`, `incident-commander for evict`, `edr.wipe`, `crown-jewel` */
  readonly name: string;
  /** In the policy. */
  readonly range: Range;
  readonly exercised: boolean;
}

/**
 * What a policy says, in source order, and whether a test exercises it: a ceiling with an act that it holds for, a role it
 * wants with such an act that a holder approves or a test that says who may, a tool with an act of it, a tag with an act on a
 * target that bears it.
 */
export function coverageOf(policy: Policy, results: readonly TestResult[]): readonly PolicyPart[] {
  const judged = results.flatMap(({ test, acts }) => acts.map((act) => ({ test, act })));
  const matched = new Map<Ceiling, { readonly act: JudgedAct; readonly namesApprovers: boolean }[]>();
  const tools = new Set<string>();
  const targets = new Set<string>();
  for (const { test, act } of judged) {
    tools.add(act.tool.name.value);
    if (act.target !== null) targets.add(act.target);
    for (const ceiling of ceilingsOn(act.tool, policy, act.target)) {
      const before = matched.get(ceiling) ?? [];
      before.push({ act, namesApprovers: test.expect.approvers !== undefined });
      matched.set(ceiling, before);
    }
  }
  const holders = (role: string): ReadonlySet<string> =>
    new Set((policy.roles.get(role) ?? []).map(({ value }) => value));
  const parts = [
    ...policy.ceilings.flatMap((ceiling): PolicyPart[] => {
      const matter = ceilingMatter(ceiling);
      const acts = matched.get(ceiling) ?? [];
      return [
        { kind: 'ceiling', name: matter, range: ceiling.range, exercised: acts.length > 0 },
        ...ceiling.roles.map(({ value: role, range }): PolicyPart => {
          const may = holders(role);
          const exercised = acts.some(
            ({ act, namesApprovers }) => namesApprovers || act.people.some((person) => may.has(person)),
          );
          return { kind: 'role', name: `${role} for ${matter}`, range, exercised };
        }),
      ];
    }),
    ...policy.alwaysGate.map(({ value, range }): PolicyPart => {
      return { kind: 'always-gate', name: value, range, exercised: tools.has(value) };
    }),
    ...policy.forbid.map(({ value, range }): PolicyPart => {
      return { kind: 'forbid', name: value, range, exercised: tools.has(value) };
    }),
    ...[...policy.tags].flatMap(([tag, bearers]): PolicyPart[] => {
      const [first] = bearers;
      // Nothing bears a tag without targets.
      if (!first) return [];
      const exercised = [...targets].some((target) => bearsTag(target, tag, policy));
      return [{ kind: 'tag', name: tag, range: first.range, exercised }];
    }),
  ];
  return parts.sort((a, b) => a.range.start - b.range.start || b.range.end - a.range.end);
}

/** How many hundredths of the parts are exercised, rounded down: 100 is all of them. A policy that says nothing is covered. */
export function percentOf(parts: readonly PolicyPart[]): number {
  const exercised = parts.filter((part) => part.exercised).length;
  return parts.length === 0 ? 100 : Math.floor((100 * exercised) / parts.length);
}
