import { abandonedAct } from './abandoned-act.js';
import { ACKNOWLEDGEMENT_RULES } from './acknowledgements.js';
import { ambiguousLevel } from './ambiguous-level.js';
import { approvalNeverUsed } from './approval-never-used.js';
import { argumentType } from './argument-type.js';
import { autonomyAboveCeiling } from './autonomy-above-ceiling.js';
import { bindsAfterApproval } from './binds-after-approval.js';
import { blindApproval } from './blind-approval.js';
import { breakerWithoutApproval } from './breaker-without-approval.js';
import { calleeAboveCaller } from './callee-above-caller.js';
import { calleePolicy } from './callee-policy.js';
import { constantCondition } from './constant-condition.js';
import { duplicateId } from './duplicate-id.js';
import { expiryTooShort } from './expiry-too-short.js';
import { EXPRESSION_RULES } from './expressions.js';
import { forbiddenTool } from './forbidden-tool.js';
import { gateGrantsNothing } from './gate-grants-nothing.js';
import { gateWithoutTimeout } from './gate-without-timeout.js';
import { grantOutOfReach } from './grant-out-of-reach.js';
import { loopVariable } from './loop-variable.js';
import { missingAccountable } from './missing-accountable.js';
import { missingArgument } from './missing-argument.js';
import { missingBudget } from './missing-budget.js';
import { missingDescription } from './missing-description.js';
import { missingMaxCalls } from './missing-max-calls.js';
import { missingPolicy } from './missing-policy.js';
import { missingTimeLimit } from './missing-time-limit.js';
import { missingUndo } from './missing-undo.js';
import type { RuleName } from './names.js';
import { noSpareApprover } from './no-spare-approver.js';
import { nonExhaustiveSwitch } from './non-exhaustive-switch.js';
import { notifyWithoutUndo } from './notify-without-undo.js';
import { operatingModelMismatch } from './operating-model-mismatch.js';
import { queryParameter } from './query-parameter.js';
import { quorumTooSmall } from './quorum-too-small.js';
import { READER_RULES } from './reader.js';
import { recursiveCall } from './recursive-call.js';
import { retiredTechnique } from './retired-technique.js';
import type { PlaybookRule, ProblemTag, RuleInfo } from './rule.js';
import { secretInPlaybook } from './secret-in-playbook.js';
import { selfApproval } from './self-approval.js';
import { silenceApproves } from './silence-approves.js';
import { stepNotYetRun } from './step-not-yet-run.js';
import { unboundedLoop } from './unbounded-loop.js';
import { undecidedStep } from './undecided-step.js';
import { ungatedAct } from './ungated-act.js';
import { unknownArgument } from './unknown-argument.js';
import { unknownPolicyTool } from './unknown-policy-tool.js';
import { unknownRole } from './unknown-role.js';
import { unknownRule } from './unknown-rule.js';
import { unknownStep } from './unknown-step.js';
import { unknownTechnique } from './unknown-technique.js';
import { unknownTool } from './unknown-tool.js';
import { unreachableStep } from './unreachable-step.js';
import { unreviewedDecision } from './unreviewed-decision.js';
import { unreviewedExample } from './unreviewed-example.js';
import { unsafeRetry } from './unsafe-retry.js';
import { unsatisfiableGate } from './unsatisfiable-gate.js';
import { untrustedArgument } from './untrusted-argument.js';
import { untrustedCommand } from './untrusted-command.js';
import { unusedCatalog } from './unused-catalog.js';
import { unusedContext } from './unused-context.js';
import { unusedInput } from './unused-input.js';
import { unusedQueryInput } from './unused-query-input.js';
import { unusedSuppression } from './unused-suppression.js';
import { WAIVER_RULES } from './waivers.js';

/** The rules that look at a whole playbook. */
export const PLAYBOOK_RULES: readonly PlaybookRule[] = [
  duplicateId,
  unknownStep,
  unknownTool,
  unknownRole,
  unreachableStep,
  stepNotYetRun,
  gateGrantsNothing,
  unknownArgument,
  missingArgument,
  argumentType,
  nonExhaustiveSwitch,
  ungatedAct,
  autonomyAboveCeiling,
  undecidedStep,
  forbiddenTool,
  missingPolicy,
  grantOutOfReach,
  bindsAfterApproval,
  unsatisfiableGate,
  quorumTooSmall,
  notifyWithoutUndo,
  missingAccountable,
  operatingModelMismatch,
  untrustedArgument,
  unreviewedDecision,
  secretInPlaybook,
  missingBudget,
  missingUndo,
  recursiveCall,
  loopVariable,
  unknownPolicyTool,
  constantCondition,
  selfApproval,
  silenceApproves,
  approvalNeverUsed,
  expiryTooShort,
  gateWithoutTimeout,
  blindApproval,
  noSpareApprover,
  calleeAboveCaller,
  calleePolicy,
  breakerWithoutApproval,
  untrustedCommand,
  missingTimeLimit,
  missingMaxCalls,
  unboundedLoop,
  unsafeRetry,
  abandonedAct,
  unknownTechnique,
  retiredTechnique,
  unusedCatalog,
  unusedContext,
  unusedInput,
  missingDescription,
];

/** The rules of catalogs: `catalogProblems` reports them. */
const CATALOG_RULES: readonly RuleInfo[] = [queryParameter, unusedQueryInput];

/** The rules of configurations: `checkConfig` reports them. */
const CONFIG_RULES: readonly RuleInfo[] = [unknownRule, unusedSuppression];

/** Every rule there is, with what people read about it. */
export const RULES: readonly RuleInfo[] = [
  ...READER_RULES,
  ...EXPRESSION_RULES,
  ...PLAYBOOK_RULES,
  ambiguousLevel,
  unreviewedExample,
  ...CATALOG_RULES,
  ...WAIVER_RULES,
  ...ACKNOWLEDGEMENT_RULES,
  ...CONFIG_RULES,
];

/** The rules whose words editors fade or strike out. */
export const RULE_TAGS: ReadonlyMap<RuleName, ProblemTag> = new Map(
  RULES.flatMap(({ name, tag }): [RuleName, ProblemTag][] => (tag ? [[name, tag]] : [])),
);
