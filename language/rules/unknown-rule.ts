import type { Problem } from '../problem.js';
import { closest } from '../suggest.js';
import type { Located } from '../syntax/tree.js';
import { RULE_NAMES } from './names.js';
import { type RuleInfo, report } from './rule.js';

export const unknownRule: RuleInfo = {
  name: 'unknown-rule',
  group: 'structure',
  severity: 'error',
  what: 'The configuration names a rule that does not exist.',
  why: 'It does nothing: a rule that was meant to fail the build stays as loud as it was, and nobody notices.',
  fix: 'Use the name that is reported with the problem; `countersign explain` lists them all.',
  failing: { kind: 'config', text: 'rules:\n  «missing-budgt»: error\n' },
  passing: { kind: 'config', text: 'rules:\n  missing-budget: error\n' },
};

/** The problem of a word that should name a rule and does not. */
export function unknownRuleProblem(word: Located<string>): Problem {
  const meant = closest(word.value, Object.values(RULE_NAMES).flat());
  return report(
    unknownRule,
    word.range,
    `There is no rule "${word.value}", so this does nothing.${meant ? ` Did you mean "${meant}"?` : ' "countersign explain" lists all rules.'}`,
    {
      fixes: meant
        ? [{ title: `Change to "${meant}"`, edits: [{ range: word.range, newText: meant }], safe: false }]
        : [],
    },
  );
}
