import type { Reference } from '../expressions/check.js';
import type { ForEachStep, Step } from '../model/playbook.js';
import type { ExpressionSite } from './sites.js';
import type { Structure } from './structure.js';

/** What a value is made of that can change in the course of a run. */
export interface Reads {
  /** Ids of steps whose result is read. */
  readonly steps: ReadonlySet<string>;
  /** `steps` is read as a whole, or by a name made up at run time: then any step's result may be. */
  readonly anyStep: boolean;
  /** Loops whose item is read. */
  readonly items: ReadonlySet<ForEachStep>;
}

/** What each step's arguments, and each loop's list, are made of. */
export interface ReadsOfSteps {
  readonly argumentsOf: ReadonlyMap<Step, Reads>;
  readonly listOf: ReadonlyMap<Step, Reads>;
}

const NOTHING: Reads = { steps: new Set(), anyStep: false, items: new Set() };

interface Collected extends Reads {
  readonly steps: Set<string>;
  anyStep: boolean;
  readonly items: Set<ForEachStep>;
}

/** What the arguments and lists of a playbook read. */
export function readsOfSteps(sites: readonly ExpressionSite[], structure: Structure): ReadsOfSteps {
  const argumentsOf = new Map<Step, Collected>();
  const listOf = new Map<Step, Collected>();
  for (const { slot, step, checked } of sites) {
    const into = slot === 'argument' ? argumentsOf : slot === 'for-each' ? listOf : undefined;
    if (!into || !step) continue;
    const reads = into.get(step) ?? { steps: new Set(), anyStep: false, items: new Set() };
    into.set(step, reads);
    const loops = structure.placeOf.get(step)?.loops ?? [];
    for (const reference of checked.references) {
      const [variable, id] = reference.path;
      if (variable?.name === 'steps') {
        if (id) reads.steps.add(id.name);
        else reads.anyStep = true;
      }
      const loop = itemRead(reference, loops);
      if (loop) reads.items.add(loop);
    }
  }
  return { argumentsOf, listOf };
}

/** The loop around whose item a reference reads: the innermost of that name. */
export function itemRead({ path: [variable] }: Reference, loops: readonly ForEachStep[]): ForEachStep | undefined {
  return loops.findLast((loop) => loop.item !== undefined && loop.item.value === variable?.name);
}

/** What two things read together. */
export function bothRead(a: Reads, b: Reads): Reads {
  return {
    steps: new Set([...a.steps, ...b.steps]),
    anyStep: a.anyStep || b.anyStep,
    items: new Set([...a.items, ...b.items]),
  };
}

export function readsIn(map: ReadonlyMap<Step, Reads>, step: Step): Reads {
  return map.get(step) ?? NOTHING;
}
