import type { AutonomyLevel, Effect, OperatingModel } from '../model/levels.js';
import type { Range } from '../syntax/tree.js';
import type { EdgeKind } from './graph.js';

/** What one step may do with one tool, and under what authority. */
export interface BoundaryCell {
  /** Id of the step; of a called playbook `<call>/<step>`. */
  readonly step: string;
  /** Exact name. */
  readonly tool: string;
  readonly effect: Effect | 'unknown';
  /** What it acts on, in words of the playbook: a constant, an expression, or a bound. */
  readonly scope: string;
  /** The level in force. */
  readonly autonomy: AutonomyLevel;
  /** The weakest approval that lets it run; `null` when none is asked or there is none. */
  readonly approval: CellApproval | null;
  /** What limits it beside the level: expressions, counts, budgets. */
  readonly bounds: readonly string[];
  /** Untrusted values that reach its arguments or decide whether it runs. */
  readonly untrusted: readonly string[];
  /** The tool that undoes it. */
  readonly undo: string | null;
  /** The role that answers for it. */
  readonly accountable: string | null;
  readonly verdict: CellVerdict;
  /** A sentence: why the verdict is what it is. */
  readonly because: string;
  /** A shortest path to the act; of a violation, the path that reaches it without what its level asks. */
  readonly witness: readonly WitnessStep[];
  /** Where the tool is named. */
  readonly place: { readonly uri: string; readonly range: Range };
}

/**
 * `proven`: on every path the act has what its level asks. `runtime`: the same but for a condition that only the run can
 * know and checks. `violated`: a path reaches it without. `unknown`: it cannot be told; fails as `violated` does.
 */
export type CellVerdict = 'proven' | 'runtime' | 'violated' | 'unknown';

export interface CellApproval {
  /** Id of the gate, or of the step with the approval of its own. */
  readonly gate: string;
  readonly roles: readonly string[];
  /** Distinct people. */
  readonly quorum: number;
  /** How long it is valid, as a duration (`30m`); `null`: until the run ends. */
  readonly expires: string | null;
}

/** A step of a path, and how it is left there. */
export interface WitnessStep {
  readonly step: string;
  readonly edge: EdgeKind;
  /** The branch taken, of a `branch` edge. */
  readonly branch?: string;
}

/** What a playbook may do: its cells, sorted by step and tool, and what they amount to. */
export interface Boundary {
  readonly version: 1;
  /** Id of the playbook. */
  readonly playbook: string;
  readonly operatingModel: {
    readonly declared: OperatingModel | null;
    readonly computed: OperatingModel | 'autonomous';
    /** In words, then the steps that decide it. */
    readonly because: readonly string[];
  };
  readonly cells: readonly BoundaryCell[];
}
