import { type Problem, withPlaces } from '../problem.js';
import { settled } from '../syntax/place.js';

const SEVERITIES: readonly Problem['severity'][] = ['error', 'warning', 'information'];

/** Problems in source order, the gravest first at one place, without repeats; their places no longer move with the text. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems
    .map((problem) => withPlaces(problem, settled))
    .sort(
      (a, b) =>
        a.range.start - b.range.start ||
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        a.range.end - b.range.end ||
        (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0),
    )
    .filter((problem) => {
      const identity = `${problem.rule}:${problem.range.start}:${problem.range.end}:${problem.message}`;
      if (seen.has(identity)) return false;
      seen.add(identity);
      return true;
    });
}
