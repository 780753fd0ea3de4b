/** Why the decision point decides as it does. The names are part of traces and results, and never change. */
export const DECISION_RULES = [
  // Denials whatever the level.
  'unknown-tool',
  'not-granted',
  'forbidden-by-policy',
  'level-manual',
  'arguments-invalid',
  'where-unmet',
  'max-calls-reached',
  'budget-exceeded',
  // Denials and questions about consequential acts.
  'no-policy',
  'level-assist',
  'approval-required',
  'approval-rejected',
  'approval-timed-out',
  'approval-expired',
  'approval-used',
  'approval-of-another-call',
  'quorum-not-reached',
  'approver-not-authorized',
  'always-gate',
  'irreversible',
  'unknown-effect',
  'notify-bounds',
  'unbounded-arguments',
  'undo-closed',
  'undo-not-authorized',
  'undecidable',
  // Permits.
  'read-only',
  'record',
  'approved',
  'notify',
  'autonomous',
  'undo',
] as const;

export type DecisionRule = (typeof DECISION_RULES)[number];
