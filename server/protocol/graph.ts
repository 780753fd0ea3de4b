import type { BoundaryItem, BoundaryRange } from './requests.js';

/** The graph of a playbook, for a picture beside its text. GraphParams -> GraphReply | null; `null`: it is no playbook, or too large. */
export const GRAPH_REQUEST = 'countersign/graph';

export interface GraphParams {
  readonly uri: string;
}

export type GraphReply =
  | { readonly kind: 'graph'; readonly graph: GraphItem }
  /**
   * Its text has errors: what was drawn before still tells more. `places` are those of the steps in the text as it is now. `readable`:
   * what can be made of it all the same, of a playbook of another product.
   */
  | { readonly kind: 'broken'; readonly places: readonly GraphStepPlace[]; readonly readable?: GraphItem };

export interface GraphStepPlace {
  readonly key: string;
  readonly range: BoundaryRange;
}

export interface GraphItem {
  /** The product it is a playbook of; none of ours has one. */
  readonly product?: string;
  /** Id of the playbook, and its title; empty where it has none. */
  readonly playbook: string;
  readonly title: string;
  /** Keys of the playbook's own list, in order. */
  readonly top: readonly string[];
  /** In source order, each before what stands in it; steps of a called playbook behind the call. */
  readonly steps: readonly GraphStepItem[];
  readonly edges: readonly GraphEdgeItem[];
}

export interface GraphStepItem {
  /** Its path, as cells of the boundary have it; a second step of the same id is `<id> (2)`. */
  readonly key: string;
  readonly id: string;
  readonly kind:
    | ('action' | 'agent' | 'gate' | 'manual' | 'if' | 'switch' | 'for-each' | 'parallel' | 'call' | 'stop')
    /** What only steps of other products are. `flow`: nothing but the way of a run. `unknown`: not understood. */
    | ('question' | 'task' | 'flow' | 'unknown');
  /** Empty where it has none. */
  readonly title: string;
  /** What it does, in words of the playbook; empty where `tools` say it. */
  readonly says: string;
  /** The guard; `null`: it always runs. */
  readonly when: string | null;
  readonly notes: readonly string[];
  /** The level that leaves most to the machine, of its acts; `null`: no authority is needed. */
  readonly level: BoundaryItem['autonomy'] | null;
  readonly tools: readonly GraphToolItem[];
  readonly gate: GraphGateItem | null;
  readonly lanes: readonly GraphLaneItem[];
  /** Whether a run can go on behind it. */
  readonly goesOn: boolean;
  /** Keys of the steps that lead here from somewhere else than from above; absent: what is above it leads here if it goes on. */
  readonly comesFrom?: readonly string[];
  readonly place: {
    readonly uri: string;
    /** The id, or what names the step. */
    readonly at: BoundaryRange;
    /** The step with all that stands in it. */
    readonly range: BoundaryRange;
  };
}

/** Steps that follow one another in a step. */
export interface GraphLaneItem {
  readonly name: string;
  /** `straight`: the way on for a step that has only handlers. `called`: the steps of a called playbook. */
  readonly kind: 'branch' | 'body' | 'handler' | 'straight' | 'called';
  readonly steps: readonly string[];
  /** What comes behind its last step: whatever follows, the next item, the end of the run, nothing at all, or the step `to`. */
  readonly end: 'goes-on' | 'repeats' | 'ends' | 'closed' | 'elsewhere';
  /** Key. */
  readonly to?: string;
}

/** One tool a step may call. */
export interface GraphToolItem {
  /** `*`: whatever a called playbook does that cannot be read. */
  readonly tool: string;
  readonly effect: string;
  /** `null`: it only reads or records. */
  readonly act: GraphActItem | null;
}

export interface GraphActItem
  extends Pick<
    BoundaryItem,
    'scope' | 'autonomy' | 'verdict' | 'because' | 'approval' | 'bounds' | 'untrusted' | 'undo' | 'accountable'
  > {
  /** The call as it is written. */
  readonly call: string;
  /** Keys of the gates that grant it. */
  readonly gates: readonly string[];
  /** Of a violation, the shortest path that shows it, by keys; `null`: all paths together would be too much to send. */
  readonly witness: readonly { readonly step: string; readonly edge: string; readonly branch?: string }[] | null;
  readonly at: BoundaryItem['place'];
}

export interface GraphGateItem {
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
export interface GraphEdgeItem {
  /** Key of a step; `null`: the start. */
  readonly from: string | null;
  /** Key of a step; `null`: the end. The end of a called playbook is its call. */
  readonly to: string | null;
  /** How the step is left: `ok`, `rejected`, `branch`. */
  readonly kind: string;
  /** The branch taken, of a `branch` edge. */
  readonly branch?: string;
}
