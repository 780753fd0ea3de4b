/** To six digits behind the point: as exact as anybody reads, and the same however sums were made. */
export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
