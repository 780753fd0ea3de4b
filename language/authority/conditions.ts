import { childLists, type Step } from '../model/playbook.js';
import type { ExpressionSite } from './sites.js';

/** The expressions that decide whether each step runs: its own guard, and those of the steps around it. */
export function conditionsOf(
  steps: readonly Step[],
  sites: readonly ExpressionSite[],
): ReadonlyMap<Step, readonly ExpressionSite[]> {
  const guards = new Map<Step, ExpressionSite[]>();
  const branches = new Map<Step, ExpressionSite[]>();
  const add = (map: Map<Step, ExpressionSite[]>, step: Step, site: ExpressionSite): void => {
    map.set(step, [...(map.get(step) ?? []), site]);
  };
  for (const site of sites) {
    if (!site.step) continue;
    if (site.slot === 'when') add(guards, site.step, site);
    if (site.slot === 'if' || site.slot === 'switch' || site.slot === 'for-each') add(branches, site.step, site);
  }
  const conditions = new Map<Step, readonly ExpressionSite[]>();
  const visit = (list: readonly Step[], outer: readonly ExpressionSite[]): void => {
    for (const step of list) {
      const here = [...outer, ...(guards.get(step) ?? [])];
      conditions.set(step, here);
      for (const inner of childLists(step)) visit(inner.steps, [...here, ...(branches.get(step) ?? [])]);
    }
  };
  visit(steps, []);
  return conditions;
}
