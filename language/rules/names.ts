/**
 * Every rule, by group. A rule's name is what people see in the editor, in JSON and in suppressions; it never changes.
 * Each has a file of its own in this folder, or, for what the YAML reader itself reports, an entry in `yaml.ts`.
 */
export const RULE_NAMES = {
  structure: [
    'yaml-syntax',
    'duplicate-key',
    'yaml-alias',
    'not-text',
    'file-too-large',
    'multiple-documents',
    'unknown-key',
    'missing-key',
    'wrong-type',
    'invalid-value',
    'step-kind',
    'duplicate-id',
    'unknown-step',
    'unknown-tool',
    'unknown-role',
    'file-not-found',
    'broken-reference',
    'unreachable-step',
    'step-not-yet-run',
    'gate-grants-nothing',
    'wrong-playbook',
    'unknown-rule',
    'unknown-tag',
    'recursive-call',
    'loop-variable',
    'unknown-policy-tool',
    'invalid-waiver',
  ],
  types: [
    'expression-syntax',
    'unknown-variable',
    'unknown-member',
    'unknown-function',
    'type-mismatch',
    'unknown-argument',
    'missing-argument',
    'argument-type',
    'non-exhaustive-switch',
    'query-parameter',
    'invalid-alert',
    'constant-condition',
  ],
  authority: [
    'ungated-act',
    'autonomy-above-ceiling',
    'forbidden-tool',
    'missing-policy',
    'grant-out-of-reach',
    'binds-after-approval',
    'unsatisfiable-gate',
    'quorum-too-small',
    'notify-without-undo',
    'missing-accountable',
    'operating-model-mismatch',
    'self-approval',
    'silence-approves',
    'approval-never-used',
    'expiry-too-short',
    'gate-without-timeout',
    'blind-approval',
    'no-spare-approver',
    'callee-above-caller',
    'callee-policy',
  ],
  data: ['untrusted-argument', 'untrusted-command', 'unreviewed-decision', 'secret-in-playbook'],
  bounds: [
    'missing-budget',
    'missing-undo',
    'missing-time-limit',
    'missing-max-calls',
    'unbounded-loop',
    'unsafe-retry',
    'abandoned-act',
  ],
  hygiene: [
    'unknown-technique',
    'retired-technique',
    'unused-catalog',
    'unused-context',
    'unused-input',
    'unused-query-input',
    'missing-description',
    'ambiguous-level',
    'expired-waiver',
    'waiver-ends-soon',
    'unused-waiver',
    'unused-suppression',
  ],
} as const;

export type RuleGroup = keyof typeof RULE_NAMES;
export type RuleName = (typeof RULE_NAMES)[RuleGroup][number];

const NAMES: ReadonlySet<string> = new Set(Object.values(RULE_NAMES).flat());

export function isRuleName(word: string): word is RuleName {
  return NAMES.has(word);
}
