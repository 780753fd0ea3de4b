import { type Evaluation, writeMeasure } from '../../runner/index.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { plain, type Terminal } from '../terminal.js';

/** Why a measure cannot go there; `undefined`: it can, or none is wanted. */
export function measureProblem(file: string | undefined): string | undefined {
  if (file === undefined || file.endsWith('.measure.json')) return undefined;
  return `"${plain(file)}" is no name for a measure: policies name files that end in .measure.json.`;
}

/**
 * Writes the measure, where one is wanted. An evaluation that lacks runs measures nothing, and what is there stays as it is.
 *
 * @param code what the evaluation by itself ends with
 * @returns that, unless all was well but for the measure
 */
export function measured(
  file: string | undefined,
  evaluation: Evaluation,
  terminal: Terminal,
  code: ExitCode,
): ExitCode {
  if (file === undefined) return code;
  const reason = writeMeasure(file, evaluation);
  if (reason === undefined) return code;
  terminal.err(`The measure "${plain(file)}" is not written: ${plain(reason)}.\n`);
  return code === EXIT.ok ? EXIT.denied : code;
}
