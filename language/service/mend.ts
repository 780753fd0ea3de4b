import type { Fix, Problem, TextEdit } from '../problem.js';
import type { RuleName } from '../rules/names.js';
import { fixAll } from './code-actions.js';

/** What became of a text whose safe fixes were applied. */
export interface Mended {
  readonly text: string;
  /** What was done, in order: the rule, and what its fix says it does. */
  readonly done: readonly { readonly rule: RuleName; readonly title: string }[];
}

/** A fix can bring out another problem, seldom more than one; a text that is not still by then is left as it is then. */
const MAX_ROUNDS = 10;

/** Of a text with one of these, parts may be missing from the tree: what a fix would change is not all there is. */
const UNREADABLE: ReadonlySet<RuleName> = new Set([
  'yaml-syntax',
  'duplicate-key',
  'yaml-alias',
  'not-text',
  'file-too-large',
  'multiple-documents',
]);

/**
 * Applies the fixes that are safe without a person looking, round after round, until none is left. A text with syntax
 * errors stays as it is, and so does one in which a round would leave more errors than it found.
 */
export function mend(text: string, check: (text: string) => readonly Problem[]): Mended {
  let now = text;
  let problems = check(text);
  const done: { readonly rule: RuleName; readonly title: string }[] = [];
  if (problems.some(({ rule }) => UNREADABLE.has(rule))) return { text, done };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const all = fixAll(problems);
    if (!all) break;
    const next = withEdits(now, all.edits);
    const left = check(next);
    if (left.some(({ rule }) => UNREADABLE.has(rule)) || errorsOf(left) > errorsOf(problems)) break;
    for (const { rule, fixes } of all.problems) done.push({ rule, title: safeOf(fixes)?.title ?? '' });
    now = next;
    problems = left;
  }
  return { text: now, done };
}

/** A text after edits that do not overlap. */
function withEdits(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((a, b) => b.range.start - a.range.start)
    .reduce((at, { range, newText }) => at.slice(0, range.start) + newText + at.slice(range.end), text);
}

function safeOf(fixes: readonly Fix[]): Fix | undefined {
  return fixes.find(({ safe }) => safe);
}

function errorsOf(problems: readonly Problem[]): number {
  return problems.filter(({ severity }) => severity === 'error').length;
}
