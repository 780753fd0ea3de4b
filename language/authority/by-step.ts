import type { Step } from '../model/playbook.js';

/** Things of a playbook by the step they belong to, in their order. What belongs to no step is left out. */
export function byStep<T extends { readonly step: Step | undefined }>(
  things: Iterable<T>,
): ReadonlyMap<Step, readonly T[]> {
  const found = new Map<Step, T[]>();
  for (const thing of things) {
    if (!thing.step) continue;
    const own = found.get(thing.step);
    if (own) own.push(thing);
    else found.set(thing.step, [thing]);
  }
  return found;
}
