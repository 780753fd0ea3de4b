import type { FileKind } from '../model/shape.js';
import type { Problem, Severity } from '../problem.js';
import type { PlaybookContext } from './context.js';
import type { RuleGroup, RuleName } from './names.js';

/**
 * A text that shows a rule. `«…»` encloses the words at which the rule must report; a text without them must be clean of
 * it. A text of kind `steps` is the steps of a playbook whose head, catalog and policy are those of `example.ts`.
 */
export interface Example {
  readonly kind: FileKind | 'steps';
  readonly text: string;
}

/** `unnecessary`: taking the words away changes nothing. `deprecated`: something else has taken their place. */
export type ProblemTag = 'unnecessary' | 'deprecated';

/** What people read about a rule, and what its tests run. */
export interface RuleInfo {
  readonly name: RuleName;
  readonly group: RuleGroup;
  /** The severity it is reported with; `error` stops a run. */
  readonly severity: Severity;
  /** How editors show the words at fault beside marking them: faded, or struck out. */
  readonly tag?: ProblemTag;
  /** One sentence: what is wrong. */
  readonly what: string;
  /** Why it matters in an attack. */
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;
  readonly failing: Example;
  readonly passing: Example;
}

/** A rule that looks at a whole playbook with everything it refers to. */
export interface PlaybookRule extends RuleInfo {
  /**
   * Whether it also holds of a file with syntax errors, where parts of the text are not in the tree. What says "this is
   * missing" or "every path" does not.
   */
  readonly partial: boolean;
  /**
   * What a finding depends on. `step`: on one step of the playbook's own list with all inside it, the declarations around it
   * and the types of what it reads; it is then looked for in some of `nodes`, `steps` and `sites` at a time. `playbook`, as
   * nothing else is said: on anything, but for words for people, the texts of expressions and the values of arguments, which
   * `outlineOf` leaves out.
   */
  readonly reach?: 'step' | 'playbook';
  readonly check: (context: PlaybookContext) => Iterable<Problem>;
}

/** A problem of a rule, with its severity. */
export function report(
  rule: Pick<RuleInfo, 'name' | 'severity'>,
  range: Problem['range'],
  message: string,
  more: Partial<Pick<Problem, 'related' | 'fixes' | 'severity'>> = {},
): Problem {
  return { rule: rule.name, severity: rule.severity, range, message, related: [], fixes: [], ...more };
}
