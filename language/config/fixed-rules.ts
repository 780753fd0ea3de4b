import type { RuleName } from '../rules/names.js';

/**
 * Rules that no configuration can silence: they say that a file, or something it refers to, could not be read as it was
 * meant. What is not read is not checked, so hiding one of these would hide everything behind it.
 */
const UNREADABLE: readonly RuleName[] = [
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
  'file-not-found',
  'broken-reference',
  'unknown-rule',
];

export function isFixed(rule: RuleName): boolean {
  return UNREADABLE.includes(rule);
}
