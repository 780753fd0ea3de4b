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
