/** The 0.975 quantile of the normal distribution: an interval of 95 %. */
const Z = 1.959963984540054;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The 95 % score interval of a share: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
 * Journal of the American Statistical Association 22 (1927), 209-212; method 3 of R. G. Newcombe, "Two-sided confidence
 * intervals for the single proportion", Statistics in Medicine 17 (1998), 857-872. Unlike the interval of the textbooks it
 * neither leaves 0 to 1 nor is empty where nothing was seen to go wrong.
 *
 * @param share from 0 to 1
 * @param n independent observations; of none everything is possible
 */
export function wilson(share: number, n: number): Interval {
  if (n <= 0) return { low: 0, high: 1 };
  const square = Z * Z;
  const middle = share + square / (2 * n);
  const reach = Z * Math.sqrt((share * (1 - share)) / n + square / (4 * n * n));
  const whole = 1 + square / n;
  // At the ends the sums cancel but for rounding, which must not say more than the method does.
  return {
    low: share === 0 ? 0 : Math.max(0, (middle - reach) / whole),
    high: share === 1 ? 1 : Math.min(1, (middle + reach) / whole),
  };
}
