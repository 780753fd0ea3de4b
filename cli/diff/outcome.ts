import { closest } from '../../language/suggest.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { type DiffReport, isOpen } from './report.js';

/** What a comparison can fail for, the worst first, with the exit code of each. */
const FAULTS = { violated: EXIT.violated, widened: EXIT.widened, stale: EXIT.stale } as const;
export type Fault = keyof typeof FAULTS;

export const FAULT_NAMES: readonly Fault[] = ['violated', 'widened', 'stale'];

/** What fails, from the words of a person: `violated,stale`, or `none`. */
export type FailOn =
  | { readonly ok: true; readonly faults: ReadonlySet<Fault> }
  | { readonly ok: false; readonly message: string };

/** Reads what is to fail. Nothing at all is no answer: a check that fails for nothing has to be asked for by its name. */
export function failOnOf(text: string): FailOn {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const faults = FAULT_NAMES.filter((fault) => words.includes(fault));
  const other = words.find((word) => word !== 'none' && !FAULT_NAMES.some((fault) => fault === word));
  if (other !== undefined) {
    const meant = closest(other, FAULT_NAMES);
    return {
      ok: false,
      message: `"${other}" is nothing to fail for. It is ${FAULT_NAMES.join(', ')}, or none.${meant ? ` Did you mean "${meant}"?` : ''}`,
    };
  }
  if (words.length === 0 || (words.includes('none') && faults.length > 0))
    return { ok: false, message: `What fails is ${FAULT_NAMES.join(', ')}, separated by commas, or none alone.` };
  return { ok: true, faults: new Set(faults) };
}

/** What is the matter, whether it fails or not. What violates the policy of before may also do more. */
export function faultsOf({ changes, records }: DiffReport): readonly Fault[] {
  return [
    ...(changes.some((change) => change.violates) ? (['violated'] as const) : []),
    ...(changes.some(isOpen) ? (['widened'] as const) : []),
    ...(records.length > 0 ? (['stale'] as const) : []),
  ];
}

/** The worst that fails; `undefined` if nothing does. */
export function worstOf(report: DiffReport, faults: ReadonlySet<Fault>): Fault | undefined {
  return faultsOf(report).find((fault) => faults.has(fault));
}

export function exitOf(fault: Fault | undefined): ExitCode {
  return fault === undefined ? EXIT.ok : FAULTS[fault];
}
