import type { ExpressionSite } from '../authority/sites.js';
import { problemRange } from '../expressions/template.js';
import { describeType } from '../expressions/types.js';
import type { Problem } from '../problem.js';
import { type RuleInfo, report } from './rule.js';
import { unknownStep } from './unknown-step.js';

const DECIDE = (condition: string): string => `  - id: decide
    if: ${condition}
    then:
      - id: finish
        stop: { outcome: escalated, reason: Severe }
`;

/** What the expression checker reports. */
export const EXPRESSION_RULES: readonly RuleInfo[] = [
  {
    name: 'expression-syntax',
    group: 'types',
    severity: 'error',
    what: 'An expression cannot be read.',
    why: 'A condition nobody can evaluate decides nothing.',
    fix: 'Correct it. Expressions are CEL, the Common Expression Language: `a == b && c in d`.',
    failing: { kind: 'steps', text: DECIDE('alert.severity_id >= «&&» true') },
    passing: { kind: 'steps', text: DECIDE('alert.severity_id >= 4') },
  },
  {
    name: 'unknown-variable',
    group: 'types',
    severity: 'error',
    what: 'An expression uses a variable that does not exist.',
    why: 'It fails at run time.',
    fix: 'Use `alert`, `steps.<id>.output`, `steps.<id>.outcome`, `inputs` and `context` where the playbook declares them, the item of a loop in its body, or in a `where` `args`.',
    failing: { kind: 'steps', text: DECIDE('«alrt».severity_id >= 4') },
    passing: { kind: 'steps', text: DECIDE('alert.severity_id >= 4') },
  },
  {
    name: 'unknown-member',
    group: 'types',
    severity: 'error',
    what: 'An expression reads a member that its value does not have.',
    why: 'A misspelt alert field is never there: the condition fails or is never met, and nobody notices.',
    fix: 'Use a member the schema has; completion offers them.',
    failing: { kind: 'steps', text: DECIDE('alert.«severty_id» >= 4') },
    passing: { kind: 'steps', text: DECIDE('alert.severity_id >= 4') },
  },
  {
    name: 'unknown-function',
    group: 'types',
    severity: 'error',
    what: 'An expression calls a function that does not exist.',
    why: 'It fails at run time.',
    fix: 'Use one of CEL’s: size, has, startsWith, endsWith, contains, matches, all, exists, filter, map …',
    failing: { kind: 'steps', text: DECIDE("alert.message.«startWith»('Phish')") },
    passing: { kind: 'steps', text: DECIDE("alert.message.startsWith('Phish')") },
  },
  {
    name: 'type-mismatch',
    group: 'types',
    severity: 'error',
    what: 'An expression uses a value as something it is not, a condition is no yes-or-no question, or `steps` is read as a whole.',
    why: 'It fails at run time, or compares what can never be equal.',
    fix: 'Compare like with like; make conditions true or false.',
    failing: { kind: 'steps', text: DECIDE('«alert.severity_id»') },
    passing: { kind: 'steps', text: DECIDE('alert.severity_id >= 4') },
  },
];

const CONDITIONS: ReadonlySet<ExpressionSite['slot']> = new Set(['trigger', 'when', 'if', 'where']);

/** The problems of every expression, at their words in the file. */
export function* expressionProblems(sites: readonly ExpressionSite[], text: string): Generator<Problem> {
  for (const { slot, expression, checked } of sites) {
    for (const found of checked.problems) {
      const range = problemRange(expression, found.start, found.end, text);
      const fixes =
        found.suggestion === undefined
          ? []
          : [{ title: `Change to "${found.suggestion}"`, edits: [{ range, newText: found.suggestion }], safe: false }];
      const onSteps =
        found.rule === 'unknown-member' && /\bsteps\s*\.\s*$/.test(expression.parsed.text.slice(0, found.start));
      if (onSteps) {
        const name = expression.parsed.text.slice(found.start, found.end);
        const hint = found.suggestion
          ? ` Did you mean "${found.suggestion}"?`
          : ' An expression reads an earlier step’s result as steps.<id>.output.';
        yield report(unknownStep, range, `There is no step "${name}".${hint}`, { fixes });
      } else {
        yield { rule: found.rule, severity: 'error', range, message: found.message, related: [], fixes };
      }
    }
    for (const { path, start, end } of checked.references) {
      if (path.length > 1 || path[0]?.name !== 'steps' || checked.problems.length > 0) continue;
      yield {
        rule: 'type-mismatch',
        severity: 'error',
        range: problemRange(expression, start, end, text),
        message:
          'This reads some step that is only chosen when it runs, so nobody can tell from the text which values count. Write out which: steps.<id>.output.',
        related: [],
        fixes: [],
      };
    }
    if (
      checked.problems.length === 0 &&
      CONDITIONS.has(slot) &&
      checked.type.kind !== 'bool' &&
      checked.type.kind !== 'any'
    ) {
      const range = problemRange(expression, 0, expression.parsed.text.length, text);
      yield {
        rule: 'type-mismatch',
        severity: 'error',
        range,
        message: `This must be true or false, and it is ${describeType(checked.type)}. Compare it with something.`,
        related: [],
        fixes: [],
      };
    }
  }
}
