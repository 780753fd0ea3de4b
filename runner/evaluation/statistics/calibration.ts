import { rounded } from './rounded.js';

/** What an agent said of how sure it was, and whether it was right. */
export interface Stated {
  /** From 0 to 1. */
  readonly confidence: number;
  readonly right: boolean;
}

/** Answers whose confidence lies from `from` up to `to`; the last bin has its upper end. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** Mean confidence, and the share that was right. */
  readonly stated: number;
  readonly right: number;
}

/** How far an agent's confidence says how often it is right. */
export interface Calibration {
  readonly n: number;
  /**
   * Mean square of what confidence and truth differ by, 0 to 1, 0 the best: G. W. Brier, "Verification of forecasts expressed in
   * terms of probability", Monthly Weather Review 78 (1950), in its form for two outcomes. `null` without answers.
   */
  readonly brier: number | null;
  /**
   * Expected calibration error: what stated and right differ by in a bin, weighted by its answers (M. P. Naeini, G. F. Cooper and
   * M. Hauskrecht, AAAI 2015).
   */
  readonly error: number | null;
  /** Mean confidence less the share that was right: above 0 it claims too much. */
  readonly excess: number | null;
  /** Bins that hold any. */
  readonly bins: readonly CalibrationBin[];
}

const BINS = 10;

export function calibrationOf(answers: readonly Stated[]): Calibration {
  const n = answers.length;
  if (n === 0) return { n, brier: null, error: null, excess: null, bins: [] };
  const sums = Array.from({ length: BINS }, () => ({ n: 0, stated: 0, right: 0 }));
  let squares = 0;
  let excess = 0;
  for (const { confidence, right } of answers) {
    const truth = right ? 1 : 0;
    squares += (confidence - truth) ** 2;
    excess += confidence - truth;
    const bin = sums[Math.min(BINS - 1, Math.floor(confidence * BINS))];
    if (!bin) continue;
    bin.n += 1;
    bin.stated += confidence;
    bin.right += truth;
  }
  return {
    n,
    brier: rounded(squares / n),
    error: rounded(sums.reduce((so, bin) => so + Math.abs(bin.stated - bin.right), 0) / n),
    excess: rounded(excess / n),
    bins: sums.flatMap((bin, at) =>
      bin.n === 0
        ? []
        : [
            {
              from: at / BINS,
              to: (at + 1) / BINS,
              n: bin.n,
              stated: rounded(bin.stated / bin.n),
              right: rounded(bin.right / bin.n),
            },
          ],
    ),
  };
}
