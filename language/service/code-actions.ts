import type { Problem, TextEdit } from '../problem.js';
import type { Range } from '../syntax/tree.js';

/** Something the editor can do about problems. */
export interface CodeAction {
  readonly title: string;
  readonly kind: 'quickfix' | 'fix-all';
  /** The only fix of a problem: what `Auto Fix` applies. */
  readonly preferred: boolean;
  readonly problems: readonly Problem[];
  readonly edits: readonly TextEdit[];
}

/** The fixes of the problems that touch `range`, each on its own. */
export function quickFixes(problems: readonly Problem[], range: Range): CodeAction[] {
  return problems
    .filter((problem) => problem.range.start <= range.end && range.start <= problem.range.end)
    .flatMap((problem) =>
      problem.fixes.map((fix) => ({
        title: fix.title,
        kind: 'quickfix' as const,
        preferred: problem.fixes.length === 1,
        problems: [problem],
        edits: fix.edits,
      })),
    );
}

/** Every fix that is safe without a person looking, as one change; edits that would overlap are left for the next time. */
export function fixAll(problems: readonly Problem[]): CodeAction | undefined {
  const edits: TextEdit[] = [];
  const mended: Problem[] = [];
  for (const problem of problems) {
    const fix = problem.fixes.find((candidate) => candidate.safe);
    if (!fix || fix.edits.some((edit) => edits.some((other) => overlaps(edit.range, other.range)))) continue;
    edits.push(...fix.edits);
    mended.push(problem);
  }
  return mended.length === 0
    ? undefined
    : { title: 'Fix all safe Countersign problems', kind: 'fix-all', preferred: false, problems: mended, edits };
}

function overlaps(a: Range, b: Range): boolean {
  return a.start === b.start || (a.start < b.end && b.start < a.end);
}
