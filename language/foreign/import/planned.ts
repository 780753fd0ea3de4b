import type { Way } from './graph.js';

/** A step of ours, before it is written. Nodes are those of the graph. */
export type Planned =
  /** What the original's step does. `failed`: what follows where it does not succeed; without, the run ends. */
  | {
      readonly kind: 'do';
      readonly node: number;
      readonly failed: { readonly steps: readonly Planned[]; readonly then: 'stop' | 'continue' } | undefined;
      /** It asks whether the original comes to it, and goes on either way. */
      readonly due?: true;
    }
  /** Behind a step that may not succeed: what follows where it did, and where it did not. */
  | {
      readonly kind: 'outcome';
      readonly node: number;
      readonly ok: readonly Planned[];
      readonly not: readonly Planned[];
    }
  /** One of several. */
  | { readonly kind: 'choose'; readonly node: number; readonly branches: readonly PlannedBranch[] }
  /** For each item of a list. */
  | { readonly kind: 'loop'; readonly node: number; readonly steps: readonly Planned[] }
  /** All of them. */
  | { readonly kind: 'fork'; readonly node: number; readonly branches: readonly (readonly Planned[])[] }
  /** Behind branches all of which may have ended: a tool tells whether the original comes to one of these nodes. `not`: what follows if not. */
  | {
      readonly kind: 'due';
      readonly nodes: readonly number[];
      readonly steps: readonly Planned[];
      readonly not: readonly Planned[];
    }
  /** A question whose yes leads on in the same list, and whose no to other steps. */
  | {
      readonly kind: 'gate';
      readonly node: number;
      /** The condition that reads the answer, where it is a step of its own. */
      readonly reader: number | undefined;
      readonly yes: Way;
      readonly no: readonly Planned[];
    }
  /** Steps that several ways lead to, or that stand too deep: a playbook of their own. */
  | { readonly kind: 'part'; readonly node: number }
  /** The original ends here. `left`: it does, and what calls this part must not go on. */
  | { readonly kind: 'stop'; readonly why: 'end' | 'left' }
  /** The original goes back. `ends`: more follows in the list, which it must not come to. */
  | { readonly kind: 'again'; readonly node: number; readonly ends: boolean };

export interface PlannedBranch {
  readonly way: Way;
  readonly steps: readonly Planned[];
}

export interface Plan {
  readonly steps: readonly Planned[];
  /** By the node they begin with. */
  readonly parts: ReadonlyMap<number, readonly Planned[]>;
}

/** All steps in a list, those in its steps included. */
export function* allPlanned(steps: readonly Planned[]): Generator<Planned> {
  for (const step of steps) {
    yield step;
    switch (step.kind) {
      case 'do':
        yield* allPlanned(step.failed?.steps ?? []);
        break;
      case 'outcome':
        yield* allPlanned(step.ok);
        yield* allPlanned(step.not);
        break;
      case 'choose':
        for (const branch of step.branches) yield* allPlanned(branch.steps);
        break;
      case 'fork':
        for (const branch of step.branches) yield* allPlanned(branch);
        break;
      case 'loop':
        yield* allPlanned(step.steps);
        break;
      case 'due':
        yield* allPlanned(step.steps);
        yield* allPlanned(step.not);
        break;
      case 'gate':
        yield* allPlanned(step.no);
        break;
    }
  }
}
