import { childLists, type ForEachStep, type Step } from '../../language/model/playbook.js';
import type { JsonObject } from '../protocol/trace.js';
import type { RunContext } from './context.js';
import { itemsOf } from './loop.js';

export type Unrolled =
  | { readonly ok: true; readonly rounds: readonly JsonObject[] }
  | { readonly ok: false; readonly reason: string };

/**
 * The items with which a granted step will run, one set for each time, as things stand at the gate: of the loops around
 * the step that are not around the gate, every item; of those around both, the present one. Without such loops, one set.
 */
export function unroll(context: RunContext, gate: Step, granted: Step, most: number): Unrolled {
  const { steps } = context.loaded.playbook;
  const around = loopsAround(steps, gate) ?? [];
  const loops = loopsAround(steps, granted) ?? [];
  const shared = loops.filter((loop) => around.includes(loop)).flatMap(({ item }) => (item ? [item.value] : []));
  let rounds: readonly JsonObject[] = [
    Object.fromEntries(Object.entries(context.items).filter(([name]) => shared.includes(name))),
  ];
  for (const loop of loops.filter((one) => !around.includes(one))) {
    const next: JsonObject[] = [];
    for (const items of rounds) {
      const list = itemsOf({ ...context, items }, loop);
      if (!list.ok) return { ok: false, reason: `the loop "${loop.id.value}" cannot be unrolled: ${list.reason}` };
      for (const item of list.items) {
        next.push({ ...items, [list.name]: item });
        if (next.length > most) {
          return { ok: false, reason: `its loops come to more than ${most} calls, which nobody can look through` };
        }
      }
    }
    rounds = next;
  }
  return { ok: true, rounds };
}

/** The loops in whose body a step stands, outermost first; `undefined` when it is not in `steps`. */
function loopsAround(steps: readonly Step[], wanted: Step): readonly ForEachStep[] | undefined {
  for (const step of steps) {
    if (step === wanted) return [];
    for (const list of childLists(step)) {
      const loops = loopsAround(list.steps, wanted);
      if (loops) return step.kind === 'for-each' && list.edge === 'steps' ? [step, ...loops] : loops;
    }
  }
  return undefined;
}
