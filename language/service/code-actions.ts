import { countUpTo } from '../ascending.js';
import type { Fix, Problem, TextEdit } from '../problem.js';
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

/** The fixes of the problems that touch `range`, each on its own, and those that may be done for all others of a kind as well. */
export function quickFixes(problems: readonly Problem[], range: Range): CodeAction[] {
  const touched = problems.filter((problem) => problem.range.start <= range.end && range.start <= problem.range.end);
  const own = touched.flatMap((problem) =>
    problem.fixes.map((fix) => ({
      title: fix.title,
      kind: 'quickfix' as const,
      preferred: problem.fixes.length === 1,
      problems: [problem],
      edits: fix.edits,
    })),
  );
  const kinds = new Map(
    touched.flatMap(({ rule, fixes }) =>
      fixes.flatMap(({ every }) => (every === undefined ? [] : [[`${rule} ${every}`, { rule, every }] as const])),
    ),
  );
  return [...own, ...[...kinds.values()].flatMap(({ rule, every }) => everywhere(problems, rule, every))];
}

/** One fix for all problems of a rule that have it, where there are several. */
function everywhere(problems: readonly Problem[], rule: Problem['rule'], every: string): readonly CodeAction[] {
  const { edits, mended } = together(problems, (problem) =>
    problem.rule === rule ? problem.fixes.find((fix) => fix.every === every) : undefined,
  );
  if (mended.length < 2) return [];
  return [{ title: `${every} (${mended.length})`, kind: 'quickfix', preferred: false, problems: mended, edits }];
}

/** Every fix that is safe without a person looking, as one change; edits that would overlap are left for the next time. */
export function fixAll(problems: readonly Problem[]): CodeAction | undefined {
  const { edits, mended } = together(problems, ({ fixes }) => fixes.find(({ safe }) => safe));
  return mended.length === 0
    ? undefined
    : { title: 'Fix all safe Countersign problems', kind: 'fix-all', preferred: false, problems: mended, edits };
}

/** The edits of a fix of each problem, and the problems whose fix is among them: what overlaps is left out. */
function together(
  problems: readonly Problem[],
  fixOf: (problem: Problem) => Fix | undefined,
): { readonly edits: readonly TextEdit[]; readonly mended: readonly Problem[] } {
  const mended: Problem[] = [];
  /** By where they start, so that those beside an edit are found at once. */
  const edits: TextEdit[] = [];
  const startAt = (index: number): number => edits[index]?.range.start ?? 0;
  const placeOf = ({ range }: TextEdit): number => countUpTo(edits.length, startAt, range.start - 1);
  const isFree = (edit: TextEdit): boolean => {
    const place = placeOf(edit);
    return [edits[place - 1], edits[place]].every((other) => !other || !overlaps(edit.range, other.range));
  };
  for (const problem of problems) {
    const fix = fixOf(problem);
    if (!fix?.edits.every(isFree)) continue;
    for (const edit of fix.edits) edits.splice(placeOf(edit), 0, edit);
    mended.push(problem);
  }
  return { edits, mended };
}

function overlaps(a: Range, b: Range): boolean {
  return a.start === b.start || (a.start < b.end && b.start < a.end);
}
