/** The value a share `q` (0 to 1) of the sorted values lies below, interpolated linearly. `NaN` of no values. */
export function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low === high ? low : low + (high - low) * (at - Math.floor(at));
}

export function ascending(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}

/** Median absolute deviation from the median. */
export function medianDeviation(values: readonly number[], middle: number = median(values)): number {
  return median(values.map((value) => Math.abs(value - middle)));
}

/** Mean absolute deviation from the median. */
export function meanDeviation(values: readonly number[], middle: number = median(values)): number {
  // Summed in order of size, so that the order of the values does not show in the last digit.
  return ascending(values.map((value) => Math.abs(value - middle))).reduce((sum, one) => sum + one, 0) / values.length;
}

/** As many digits as anybody reads, and the same on every machine. */
export function rounded(value: number, digits = 4): number {
  const out = Number(value.toFixed(digits));
  return Object.is(out, -0) ? 0 : out;
}
