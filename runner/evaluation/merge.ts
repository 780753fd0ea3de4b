import type { Evaluation } from './evaluation.js';
import { twiceIn } from './read-evaluation.js';
import { evaluationOf } from './summary.js';

export type Merged =
  | { readonly ok: true; readonly evaluation: Evaluation }
  | { readonly ok: false; readonly message: string };

/** The parts of one evaluation as the whole. It was begun when the first of them was. */
export function mergeEvaluations(parts: readonly Evaluation[]): Merged {
  const [first, ...more] = parts;
  if (!first) return { ok: false, message: 'There is nothing to put together.' };
  if (more.some(({ plan }) => plan.digest !== first.plan.digest)) {
    const message =
      'They are not parts of one evaluation: playbooks, cases, files they use, or how they were run differ. Make all parts from the same files, with the same options.';
    return { ok: false, message };
  }
  const runs = parts.flatMap((part) => part.runs);
  const twice = twiceIn(runs.map(({ playbook, case: sample, repeat }) => `${playbook} on ${sample}, run ${repeat}`));
  if (twice !== undefined) return { ok: false, message: `${twice} is in two of them. Give each part once.` };
  const at = parts.map((part) => part.at).sort()[0] ?? first.at;
  return { ok: true, evaluation: evaluationOf(first.plan, at, runs) };
}
