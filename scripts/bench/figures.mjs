// How figures are measured and shown.

export const ms = (value) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
export const times = (value) => `× ${value.toFixed(value < 10 ? 2 : 0)}`;
export const say = (what, figure, more = '') =>
  console.log(`  ${what.padEnd(44)} ${figure.padStart(10)}   ${more}`.trimEnd());
export const title = (text) => console.log(`\n${text}`);

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const median = (values) => quantile(values, 0.5);
