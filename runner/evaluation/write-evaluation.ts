import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evaluation } from './evaluation.js';

/** What a folder of an evaluation has it as, for whoever reads it later. */
export const EVALUATION_FILE = 'evaluation.json';

/** Writes an evaluation into its folder, all or nothing. Throws when it cannot be written. */
export function writeEvaluation(folder: string, evaluation: Evaluation): void {
  mkdirSync(folder, { recursive: true });
  const temporary = join(folder, `.${EVALUATION_FILE}.tmp`);
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeFileSync(file, `${JSON.stringify(evaluation, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, join(folder, EVALUATION_FILE));
}
