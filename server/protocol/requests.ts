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
}
