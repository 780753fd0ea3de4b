import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../node-files.js';
import type { Evaluation } from './evaluation.js';
import { isEvaluationSource } from './shape.js';
import { evaluationOf } from './summary.js';
import { EVALUATION_FILE } from './write-evaluation.js';

/** Some hundred thousand runs. */
const MAX_BYTES = 512 * 1024 * 1024;

export type ReadEvaluation =
  | { readonly ok: true; readonly evaluation: Evaluation; readonly path: string }
  | { readonly ok: false; readonly message: string };

/**
 * Reads what `countersign evaluate` wrote: its JSON, or the folder that has it. Only its runs are believed; what they amount to
 * is worked out anew.
 */
export function readEvaluation(given: string): ReadEvaluation {
  const path = statSync(given, { throwIfNoEntry: false })?.isDirectory() ? join(given, EVALUATION_FILE) : given;
  const file = readText(path, MAX_BYTES);
  const no = (reason: string): ReadEvaluation => ({
    ok: false,
    message: `The evaluation ${path} cannot be used: ${reason}.`,
  });
  if (!file.ok) return no(file.reason);
  let value: unknown;
  try {
    value = JSON.parse(file.text);
  } catch {
    return no('it is no JSON');
  }
  if (!isEvaluationSource(value)) return no('it is no result of "countersign evaluate --format json" of this version');
  const twice = twiceIn(
    value.runs.map(({ playbook, case: sample, repeat }) => `${playbook} on ${sample}, run ${repeat}`),
  );
  if (twice !== undefined) return no(`${twice} is in it twice`);
  if (value.runs.length > value.plan.runs) return no('it has more runs than its plan');
  return { ok: true, evaluation: evaluationOf(value.plan, value.at, value.runs), path };
}

export function twiceIn(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
