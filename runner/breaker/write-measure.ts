import { writeFileSync } from 'node:fs';
import type { Evaluation } from '../evaluation/evaluation.js';
import type { Measure } from './measure.js';

/** What an evaluation says of acts without a person, for a policy's breaker. */
export function measureOf({ at, plan, alone }: Evaluation): Measure {
  const { provider, id } = plan.model;
  return {
    version: 1,
    at,
    engine: plan.engine,
    model: { provider, id },
    playbooks: plan.playbooks.map((playbook) => ({
      id: playbook.id,
      digest: playbook.digest,
      acts: alone
        .filter((one) => one.playbook === playbook.id)
        .map(({ tool, error }) => ({ tool, of: error.of, wrong: error.count, n: error.n })),
    })),
  };
}

/**
 * Writes the measure of an evaluation. One that lacks runs measures nothing: those that are missing may be the wrong ones.
 *
 * @returns why it was not written; `undefined`: it was
 */
export function writeMeasure(path: string, evaluation: Evaluation): string | undefined {
  if (evaluation.missing > 0) return 'runs are missing, and those may be the ones that went wrong';
  if (evaluation.runs.some(({ outcome }) => outcome === 'fault' || outcome === 'refused'))
    return 'some runs could not be made, and those may be the ones that went wrong';
  try {
    writeFileSync(path, `${JSON.stringify(measureOf(evaluation), null, 2)}\n`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
