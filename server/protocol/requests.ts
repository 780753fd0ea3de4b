/**
 * Requests of ours beside the LSP. Names exist here once; client and server build their typed requests from them.
 */
export const CASES_REQUEST = 'countersign/cases';

/** A command of the client: dry-runs the playbook whose URI it is given. Offered to a client that says it has it. */
export const DRY_RUN_COMMAND = 'countersign.dryRun';

/** The playbook a person wants to dry-run. */
export interface CasesParams {
  readonly uri: string;
}

/** A case in the workspace that names this playbook. */
export interface CaseItem {
  readonly uri: string;
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Where its id stands, from 0. */
  readonly line: number;
}

export const STEPS_REQUEST = 'countersign/steps';

/** The playbook whose steps are wanted. */
export interface StepsParams {
  readonly uri: string;
}

/** A step as it stands in the text. Lines and characters from 0, UTF-16. */
export interface StepItem {
  readonly id: string;
  readonly kind: string;
  /** Where its id stands, as traces name it. */
  readonly at: { readonly line: number; readonly character: number };
  /** Without the steps in it. */
  readonly range: {
    readonly start: { readonly line: number; readonly character: number };
    readonly end: { readonly line: number; readonly character: number };
  };
}

/** The tests in a file of tests of a policy. PolicyTestsParams -> PolicyTestItem[] */
export const POLICY_TESTS_REQUEST = 'countersign/policyTests';

export interface PolicyTestsParams {
  readonly uri: string;
}

/** A test as it stands in the text. */
export interface PolicyTestItem {
  /** Empty where it has none. */
  readonly title: string;
  /** Where its title stands, from 0; where it has none, the test. */
  readonly line: number;
}

/** What a playbook may do, for a tree beside its text. BoundaryParams -> BoundaryReply | null; `null`: it is no playbook, or too large. */
export const BOUNDARY_REQUEST = 'countersign/boundary';

export interface BoundaryParams {
  readonly uri: string;
}

export type BoundaryReply =
  | ToldBoundary
  /**
   * Its text has errors, so that what is missing here may only be unreadable. What was said before still tells more. `readable`: what
   * can be made of it all the same, of a playbook of another product, whose cells then count what may be missing.
   */
  | { readonly kind: 'broken'; readonly readable?: ToldBoundary };

export interface ToldBoundary {
  readonly kind: 'boundary';
  /** The product it is a playbook of; none of ours has one. */
  readonly product?: string;
  /** Id of the playbook. */
  readonly playbook: string;
  readonly operatingModel: string;
  /** Sorted by step and tool. */
  readonly cells: readonly BoundaryItem[];
}

/** A cell of the boundary, with places as an editor counts them. */
export interface BoundaryItem {
  /** Id of the step; of a called playbook `<call>/<step>`. */
  readonly step: string;
  readonly tool: string;
  readonly effect: string;
  /** What it acts on. */
  readonly scope: string;
  readonly autonomy: 'autonomous' | 'notify' | 'approve' | 'assist' | 'manual';
  readonly approval: {
    readonly gate: string;
    readonly roles: readonly string[];
    readonly quorum: number;
    /** A duration (`30m`); `null`: until the run ends. */
    readonly expires: string | null;
  } | null;
  readonly bounds: readonly string[];
  readonly untrusted: readonly string[];
  readonly undo: string | null;
  readonly accountable: string | null;
  readonly verdict: 'proven' | 'runtime' | 'violated' | 'unknown';
  /** A sentence: why the verdict is what it is. */
  readonly because: string;
  /** Where the tool is named: zero-based, in the encoding of the connection. */
  readonly place: { readonly uri: string; readonly range: BoundaryRange };
}

export interface BoundaryRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}
