import { childLists, type ForEachStep, type ParallelStep, type Step } from '../model/playbook.js';

/** Where a step stands among the others. Steps are numbered in source order, parents before children. */
export interface StepPlace {
  readonly position: number;
  /** Position of the last step inside it; its own when there is none. */
  readonly last: number;
  /** The step it lies in; `undefined` at the top. */
  readonly parent: Step | undefined;
  /** The list it is an item of, the name of the edge that leads from its parent there, and which item it is. */
  readonly list: readonly Step[];
  readonly edge: string;
  readonly index: number;
  /** The loops whose body it is in, outermost first. */
  readonly loops: readonly ForEachStep[];
  /** The parallel branches it is in, outermost first. */
  readonly branches: readonly BranchPlace[];
}

export interface BranchPlace {
  readonly parallel: ParallelStep;
  readonly index: number;
}

/** How steps are nested. */
export interface Structure {
  /** Every step in source order. */
  readonly steps: readonly Step[];
  readonly placeOf: ReadonlyMap<Step, StepPlace>;
}

/** The structure of a list of steps with everything inside them. */
export function structureOf(list: readonly Step[]): Structure {
  const steps: Step[] = [];
  const placeOf = new Map<Step, StepPlace>();
  const visit = (
    list: readonly Step[],
    edge: string,
    parent: Step | undefined,
    loops: readonly ForEachStep[],
    branches: readonly BranchPlace[],
  ): void => {
    for (const [index, step] of list.entries()) {
      const position = steps.length;
      steps.push(step);
      const branchOf = step.kind === 'parallel' ? new Map(step.branches.map((one, at) => [one.steps, at])) : undefined;
      for (const { edge, steps: inner } of childLists(step)) {
        const isBody = step.kind === 'for-each' && edge === 'steps';
        const branch = branchOf?.get(inner);
        visit(
          inner,
          edge,
          step,
          isBody ? [...loops, step] : loops,
          step.kind === 'parallel' && branch !== undefined
            ? [...branches, { parallel: step, index: branch }]
            : branches,
        );
      }
      placeOf.set(step, { position, last: steps.length - 1, parent, list, edge, index, loops, branches });
    }
  };
  visit(list, '', undefined, [], []);
  return { steps, placeOf };
}

/** Whether `inner` lies inside `outer`, handlers included. */
export function contains({ placeOf }: Structure, outer: Step, inner: Step): boolean {
  const place = placeOf.get(outer);
  const at = placeOf.get(inner)?.position;
  return place !== undefined && at !== undefined && place.position < at && at <= place.last;
}
