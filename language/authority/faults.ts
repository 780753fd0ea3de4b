/**
 * Faults that can be planted in the analysis. Nothing but the tests plants any: they show that the random test of soundness
 * would find each of these mistakes (docs/soundness.md).
 */
export const ANALYSIS_FAULTS = [
  /** Approvals never expire. */
  'expiry-ignored',
  /** After `parallel: any` every branch counts as ended. */
  'join-any-as-all',
  /** A rejection whose handler goes on counts as approval. */
  'reject-continues-approves',
  /** Steps never fail. */
  'error-edges-ignored',
  /** One path with an approval is enough. */
  'any-path-merge',
  /** An approval outlives a change of what was approved. */
  'rebinding-ignored',
  /** A timeout counts as approval. */
  'timeout-approves',
  /** What runs in other branches changes nothing. */
  'parallel-interference-ignored',
  /** An approval is not used up. */
  'single-use-not-consumed',
  /** A loop's body is followed once. */
  'loop-once',
  /** An approval of one call counts for the tool's other calls. */
  'shared-approval-of-targets',
  /** A gate that failed before anybody was asked counts as approved. */
  'gate-exception-approves',
  /** What a reviewer modified counts as approved, whatever they say when it is shown again. */
  'modification-approves',
  /** Approvals of the caller count in a called playbook. */
  'approval-through-call',
  /** An execution that failed uses up nothing. */
  'failed-act-keeps-approval',
  /** Further attempts do not exist. */
  'retry-ignored',
  /** Guards are always met. */
  'skipped-guard-ignored',
  /** The steps of a handler do not run. */
  'handler-steps-ignored',
  /** Without a policy the step's own level is in force. */
  'absent-policy-allows',
  /** A tool no catalog knows only reads. */
  'unknown-tool-is-read',
  /** A loop's list may change after it was shown. */
  'loop-list-rebinding-ignored',
  /** `uses` is without end. */
  'uses-unlimited',
  /** A called playbook that stops ends its caller, too. */
  'call-never-returns',
  /** The playbook's own limit and the policy's ceilings do not lower a level. */
  'ceiling-ignored',
  /** The time of a step around is never over in the midst of a step. */
  'overrun-ignored',
  /** Waiting for people takes no time. */
  'waiting-takes-no-time',
] as const;

export type AnalysisFault = (typeof ANALYSIS_FAULTS)[number];
