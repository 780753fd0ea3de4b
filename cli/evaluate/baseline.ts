import { compareEvaluations, type Evaluation, readEvaluation } from '../../runner/index.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { statOf } from '../files.js';
import { plain, type Terminal } from '../terminal.js';
import type { Compared } from './compared.js';

type ReadAll =
  | { readonly ok: true; readonly evaluations: readonly Evaluation[] }
  | { readonly ok: false; readonly code: ExitCode };

/** Reads evaluations, or says which cannot be read and why. */
export function readAll(paths: readonly string[], terminal: Terminal): ReadAll {
  const evaluations: Evaluation[] = [];
  for (const path of paths) {
    const read = readEvaluation(path);
    if (!read.ok) {
      terminal.err(`${plain(read.message)}\n`);
      return { ok: false, code: statOf(path) ? EXIT.problems : EXIT.noInput };
    }
    evaluations.push(read.evaluation);
  }
  return { ok: true, evaluations };
}

type Baseline =
  | { readonly ok: true; readonly against: (evaluation: Evaluation) => Compared }
  | { readonly ok: false; readonly code: ExitCode };

/** What an evaluation is to be compared with: it is read before anything runs, so that a wrong path costs nothing. */
export function baselineOf(path: string | undefined, terminal: Terminal): Baseline {
  if (path === undefined) return { ok: true, against: () => undefined };
  const read = readAll([path], terminal);
  if (!read.ok) return read;
  const [before] = read.evaluations;
  return { ok: true, against: (evaluation) => before && compareEvaluations(before, evaluation) };
}
