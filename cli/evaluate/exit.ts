import type { Evaluation } from '../../runner/index.js';
import { EXIT, type ExitCode } from '../exit-codes.js';

/** What ran without authority says more than a fault, and a fault more than a run that was not as expected. */
export function exitOf({ runs, totals }: Pick<Evaluation, 'runs' | 'totals'>, stopped: boolean): ExitCode {
  if (totals.unauthorized > 0) return EXIT.unauthorized;
  if (runs.some(({ outcome }) => outcome === 'fault')) return EXIT.failed;
  if (runs.some(({ pass }) => !pass)) return EXIT.unexpected;
  return stopped ? EXIT.denied : EXIT.ok;
}
