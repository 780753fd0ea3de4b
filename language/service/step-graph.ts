import type { CellApproval, CellVerdict, WitnessStep } from '../authority/cell.js';
import type { EdgeKind } from '../authority/graph.js';
import type { AutonomyLevel, Effect } from '../model/levels.js';
import type { StepKind } from '../model/playbook.js';
import type { Range } from '../syntax/tree.js';
import type { Lane } from './step-graph-lanes.js';

/**
 * A playbook as a picture shows it: its steps with what stands in them, those of called playbooks included, and every way
 * to go on from one to another. Plain data, with what the boundary says of each act.
 */
export interface StepGraph {
  /** The product it is a playbook of; none of ours has one. */
  readonly product?: string;
  /** Id of the playbook, and its title; empty where it has none. */
  readonly playbook: string;
  readonly title: string;
  /** Keys of the playbook's own list, in order. */
  readonly top: readonly string[];
  /** In source order, each before what stands in it; steps of a called playbook behind the call. */
  readonly steps: readonly GraphStep[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphStep {
  /** Its id, as the boundary has it: `<call>/<step>` of a called playbook. A second step of the same id is `<id> (2)`. */
  readonly key: string;
  readonly id: string;
  readonly kind: StepKind | ForeignStepKind;
  /** Empty where it has none. */
  readonly title: string;
  /** What it does, in words of the playbook: a condition, a list, a file, an outcome; empty where `tools` say it. */
  readonly says: string;
  /** The guard; `null`: it always runs. */
  readonly when: string | null;
  /** What else bounds it: attempts, time, items. */
  readonly notes: readonly string[];
  /** The level that leaves most to the machine, of its acts; of a person's task `manual`; `null`: no authority is needed. */
  readonly level: AutonomyLevel | null;
  readonly tools: readonly GraphTool[];
  readonly gate: GraphGate | null;
  readonly lanes: readonly GraphLane[];
  /** Whether a run can go on behind it. */
  readonly goesOn: boolean;
  /** Keys of the steps that lead here from somewhere else than from above; absent: what is above it leads here if it goes on. */
  readonly comesFrom?: readonly string[];
  readonly place: GraphPlace;
}

/** What only steps of other products are. `flow`: nothing but the way of a run. `unknown`: not understood. */
export type ForeignStepKind = 'question' | 'task' | 'flow' | 'unknown';

export interface GraphPlace {
  readonly uri: string;
  /** The id, or what names the step. */
  readonly at: Range;
  /** The step with all that stands in it. */
  readonly range: Range;
}

/** Steps that follow one another in a step. */
export interface GraphLane {
  readonly name: string;
  readonly kind: Lane['kind'];
  /** Keys. */
  readonly steps: readonly string[];
  /** What comes after the last of them. `closed`: nothing, one of them ends the run. `elsewhere`: the step `to`. */
  readonly end: Lane['end'] | 'elsewhere';
  /** Key. */
  readonly to?: string;
}

/** One tool a step may call. */
export interface GraphTool {
  /** `*`: whatever a called playbook does that cannot be read. */
  readonly tool: string;
  readonly effect: Effect | 'unknown';
  /** `null`: it only reads or records. */
  readonly act: GraphAct | null;
}

/** What the boundary says of an act. */
export interface GraphAct {
  /** The call as it is written. */
  readonly call: string;
  readonly scope: string;
  readonly autonomy: AutonomyLevel;
  readonly verdict: CellVerdict;
  readonly because: string;
  readonly approval: CellApproval | null;
  readonly bounds: readonly string[];
  readonly untrusted: readonly string[];
  readonly undo: string | null;
  readonly accountable: string | null;
  /** Keys of the gates that grant it. */
  readonly gates: readonly string[];
  /** Of a violation, the shortest path that shows it, by keys; `null`: all paths together would be too much to send. */
  readonly witness: readonly WitnessStep[] | null;
  readonly at: { readonly uri: string; readonly range: Range };
}

export interface GraphGate {
  /** What it grants: the ids, and the key of the step, `null` where there is none. */
  readonly grants: readonly { readonly id: string; readonly key: string | null }[];
  readonly roles: readonly string[];
  readonly quorum: number;
  readonly escalateTo: readonly string[];
  /** Earlier gates whose approvers may not approve here. */
  readonly distinctFrom: readonly string[];
  /** Durations (`30m`); `null`: none. */
  readonly timeout: string | null;
  readonly expires: string | null;
  /** Times each granted call may use the approval. */
  readonly uses: number;
}

/** A way to go on. */
export interface GraphEdge {
  /** Key of a step; `null`: the start. */
  readonly from: string | null;
  /** Key of a step; `null`: the end. The end of a called playbook is its call. */
  readonly to: string | null;
  readonly kind: EdgeKind;
  /** The branch taken, of a `branch` edge. */
  readonly branch?: string;
}
