import type { RuleName } from './rules/names.js';
import type { Range } from './syntax/tree.js';

export type Severity = 'error' | 'warning' | 'information';

/** A replacement of source text. Insertions have an empty range. */
export interface TextEdit {
  readonly range: Range;
  readonly newText: string;
}

/** A change that mends a problem. `safe` ones may be applied without a person looking (`check --fix`, fix all). */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  readonly safe: boolean;
  /** What it is called when it is done for every problem of the rule in a file: only what takes power away is offered so. */
  readonly every?: string;
}

/** Another place that explains a problem, possibly in another file. */
export interface Related {
  readonly uri: string;
  readonly range: Range;
  readonly message: string;
}

/**
 * One thing wrong in one file. The message says what is wrong, why it matters here and what to do next;
 * `range` covers the very word at fault.
 */
export interface Problem {
  readonly rule: RuleName;
  readonly severity: Severity;
  readonly range: Range;
  readonly message: string;
  readonly related: readonly Related[];
  readonly fixes: readonly Fix[];
}

/** The same problem with each of its places made another by `place`; those in other files come with their `uri`. */
export function withPlaces(problem: Problem, place: (range: Range, uri?: string) => Range): Problem {
  return {
    ...problem,
    range: place(problem.range),
    related: problem.related.map((one) => ({ ...one, range: place(one.range, one.uri) })),
    fixes: problem.fixes.map((fix) => ({
      ...fix,
      edits: fix.edits.map((edit) => ({ ...edit, range: place(edit.range) })),
    })),
  };
}
