import { argumentType } from './argument-type.js';
import { autonomyAboveCeiling } from './autonomy-above-ceiling.js';
import { bindsAfterApproval } from './binds-after-approval.js';
import { duplicateId } from './duplicate-id.js';
import { EXPRESSION_RULES } from './expressions.js';
import { forbiddenTool } from './forbidden-tool.js';
import { gateGrantsNothing } from './gate-grants-nothing.js';
import { grantOutOfReach } from './grant-out-of-reach.js';
import { missingAccountable } from './missing-accountable.js';
import { missingArgument } from './missing-argument.js';
import { missingBudget } from './missing-budget.js';
import { missingPolicy } from './missing-policy.js';
import { missingUndo } from './missing-undo.js';
import { nonExhaustiveSwitch } from './non-exhaustive-switch.js';
import { notifyWithoutUndo } from './notify-without-undo.js';
import { operatingModelMismatch } from './operating-model-mismatch.js';
import { quorumTooSmall } from './quorum-too-small.js';
import { READER_RULES } from './reader.js';
import type { PlaybookRule, RuleInfo } from './rule.js';
import { secretInPlaybook } from './secret-in-playbook.js';
import { stepNotYetRun } from './step-not-yet-run.js';
import { ungatedAct } from './ungated-act.js';
import { unknownArgument } from './unknown-argument.js';
import { unknownRole } from './unknown-role.js';
import { unknownRule } from './unknown-rule.js';
import { unknownStep } from './unknown-step.js';
import { unknownTool } from './unknown-tool.js';
import { unreachableStep } from './unreachable-step.js';
import { unreviewedDecision } from './unreviewed-decision.js';
import { unsatisfiableGate } from './unsatisfiable-gate.js';
import { untrustedArgument } from './untrusted-argument.js';
import { unusedSuppression } from './unused-suppression.js';

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
];

/** The rules of configurations: `checkConfig` reports them. */
const CONFIG_RULES: readonly RuleInfo[] = [unknownRule, unusedSuppression];

/** Every rule there is, with what people read about it. */
export const RULES: readonly RuleInfo[] = [...READER_RULES, ...EXPRESSION_RULES, ...PLAYBOOK_RULES, ...CONFIG_RULES];
