import type { Act } from '../authority/acts.js';
import type { Step } from '../model/playbook.js';

const FOUND = new WeakMap<readonly Act[], ReadonlyMap<Step, readonly Act[]>>();

/** The acts of each step, in source order. Looked up once for a playbook: many rules ask, for every step. */
export function actsBy(acts: readonly Act[]): ReadonlyMap<Step, readonly Act[]> {
  const known = FOUND.get(acts);
  if (known) return known;
  const found = new Map<Step, Act[]>();
  for (const act of acts) {
    const own = found.get(act.step);
    if (own) own.push(act);
    else found.set(act.step, [act]);
  }
  FOUND.set(acts, found);
  return found;
}
